import { AsyncInfiniumClient, type ClientConfig, ConfigurationError } from 'infinium-o2';
import { Problem } from './output';

/** Makes a client from the environment. @throws {Problem} */
export function makeClient(config: ClientConfig): AsyncInfiniumClient {
  try {
    const client = new AsyncInfiniumClient(config);
    if (!isEnabled(config)) {
      throw new Problem(
        `INFINIUM_ENABLED is ${process.env.INFINIUM_ENABLED}, so nothing would be sent. Unset it, and try again.`,
      );
    }
    return client;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new Problem(`${error.message}\ninfinium-o2 doctor checks the whole configuration.`);
  }
}

/** Whether clients send anything: a disabled one needs no credentials. */
export function isEnabled(config: ClientConfig = {}): boolean {
  const { INFINIUM_ENABLED: value = '' } = process.env;
  return config.enabled ?? !/^\s*(0|false|off|no)\s*$/i.test(value);
}
