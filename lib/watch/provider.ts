export interface WatchSettings {
  /** Whether the beginnings of prompts and answers are recorded. */
  captureContent: boolean;
}

/** Knows the clients of one package, and how to record their calls. */
export interface Provider {
  /** The npm package, for messages. */
  readonly name: string;
  /** Whether a client is of this package. It may throw, which means no. */
  matches(client: any): boolean;
  /** Patches the methods of one client. What it throws is ignored. */
  patch(client: any, settings: WatchSettings): void;
}
