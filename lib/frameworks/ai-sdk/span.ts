import { guard } from '../../watch/guard';
import type { Attributes } from './attributes';
import type { Subject } from './subject';

/** `SpanStatusCode.ERROR` of OpenTelemetry. */
const STATUS_ERROR = 2;

const CONTEXT = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 };

/** A span of OpenTelemetry's interface. */
export class Span {
  /** What it records; undefined if it is no step. */
  readonly subject: Subject | undefined;
  /** What it was told after its beginning. */
  #attributes: Attributes | undefined;
  #failed: { error?: unknown } = {};

  constructor(subject: Subject | undefined) {
    this.subject = subject;
  }

  setAttribute(name: string, value: unknown): this {
    return this.setAttributes({ [name]: value });
  }

  setAttributes(attributes: Attributes): this {
    this.#attributes = this.#attributes ? { ...this.#attributes, ...attributes } : attributes;
    return this;
  }

  recordException(error: unknown): this {
    this.#failed = { error };
    return this;
  }

  setStatus(status: { code?: number; message?: string }): this {
    if (status?.code === STATUS_ERROR && !('error' in this.#failed)) {
      this.#failed = { error: { name: 'Error', message: status.message ?? 'unknown error' } };
    }
    return this;
  }

  end(): this {
    guard(() => this.subject?.end(this.#attributes ?? {}, this.#failed));
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  isRecording(): boolean {
    return this.subject !== undefined;
  }

  spanContext(): typeof CONTEXT {
    return CONTEXT;
  }
}
