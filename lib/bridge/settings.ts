import type { ClientConfig, EnvironmentContext } from '../../index';

/** The options of a client that only JavaScript has. */
export interface ClientSettings {
  /** Whether anything is sent. */
  enabled: boolean;
  /** Whether the client emits no warnings. */
  quiet: boolean;
  /** The maximum number of requests in flight. */
  maxConcurrency: number;
  environment: EnvironmentContext | undefined;
  sampleRate: number;
  beforeSend: ClientConfig['beforeSend'];
  prices: ClientConfig['prices'];
}

/** The property of a client that holds its settings. */
export const kSettings = Symbol('settings');

export function settingsOf(client: object): ClientSettings {
  return (client as { [kSettings]: ClientSettings })[kSettings];
}
