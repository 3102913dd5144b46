import type { ErrorDetail } from '../../index';
import type { Frame } from '../trace/context';

/** A trace that begins with a call. */
export interface Root {
  /** What runs inside of the trace. */
  readonly frame: Frame;
  /**
   * @param name of the trace
   * @param error what made the call fail, if it did
   */
  end(name: string, error?: ErrorDetail): void;
}

export interface WatchSettings {
  /** Whether to record the beginnings of prompts and answers. */
  captureContent: boolean;
  /** Is told the name of a method that cannot be watched. */
  missed?(name: string): unknown;
  /** Begins a trace for a call outside of one. Without this, such a call is not recorded. */
  root?(): Root | undefined;
}

/** Recognizes the clients of one package and records their calls. */
export interface Provider {
  /** The name of the npm package, for messages. */
  readonly name: string;
  /** The names of other packages with clients of the same shape. */
  readonly also?: readonly string[];
  /** Whether a client belongs to this package. Throwing means no. */
  matches(client: any): boolean;
  /** Patches the methods of one client. Errors it throws are ignored. */
  patch(client: any, settings: WatchSettings): void;
}
