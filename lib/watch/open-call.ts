import type { CallRecord } from '../trace/call-record';

/**
 * A call of a watched method within which its request is sent. What sends it may be watched, too: the method that all
 * requests of a client pass, or the client that the wrapper of another package calls. Then only the innermost one
 * observes the answer, and both are one record.
 */
export class OpenCall {
  /** Whether a call within this one has taken the record. */
  taken = false;
  readonly record: CallRecord;
  #hasReturned = false;
  #model: unknown;
  #content: unknown;

  constructor(record: CallRecord) {
    this.record = record;
  }

  /**
   * The method has returned, and may send its request later: only a call with the same request can take the record
   * from now on.
   */
  hasReturned(request: any): void {
    this.#hasReturned = true;
    if (this.taken) return;
    this.#model = request?.model;
    const content = contentOf(request);
    const isObject = typeof content === 'object' && content !== null;
    // Sockets that are kept open refer to the asynchronous context in which they were opened, and so to this.
    this.#content = isObject ? new WeakRef(content) : content;
  }

  /**
   * @param request of a call within this one
   * @returns the record, if it is the same request
   */
  take(request: unknown): CallRecord | undefined {
    if (this.taken || (this.#hasReturned && !this.#isSame(request))) return undefined;
    this.taken = true;
    return this.record;
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
