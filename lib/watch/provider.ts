export interface WatchSettings {
  /** Whether to record the beginnings of prompts and answers. */
  captureContent: boolean;
  /** Is told the name of a method that cannot be watched. */
  missed?(name: string): unknown;
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
