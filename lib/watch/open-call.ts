import type { CallRecord } from '../trace/call-record';

/**
 * A call of a watched method whose request is not sent yet. What sends it may be watched, too: the method that all
 * requests of a client pass, or the client that the wrapper of another package calls. Then only the innermost one
 * observes the answer, and both are one record.
 */
export class OpenCall {
  /** Whether a call within this one has taken the record. */
  taken = false;
  /** Whether the method has not returned yet. */
  isRunning = true;
  readonly #record: CallRecord;
  readonly #model: unknown;
  readonly #content: unknown;

  constructor(record: CallRecord, request: any) {
    this.#record = record;
    this.#model = request?.model;
    const content = contentOf(request);
    // Sockets that are kept open refer to the asynchronous context in which they were opened, and so to this.
    const isObject = typeof content === 'object' && content !== null;
    this.#content = isObject ? new WeakRef(content) : content;
  }

  /**
   * @param request of a call within this one
   * @returns the record, if it is the same request
   */
  take(request: unknown): CallRecord | undefined {
    if (this.taken || !(this.isRunning || this.#isSame(request))) return undefined;
    this.taken = true;
    return this.#record;
  }

  /** A wrapper may have added something to the request, or left something out. */
  #isSame(request: any): boolean {
    const content = this.#content instanceof WeakRef ? this.#content.deref() : this.#content;
    return (
      content !== undefined && content === contentOf(request) && this.#model === request?.model
    );
  }
}

function contentOf(request: any): unknown {
  return request?.messages ?? request?.input ?? request?.contents ?? request?.prompt ?? request;
}
