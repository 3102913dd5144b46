import type { WatchOptions } from '../../index';
import { invalid } from '../bridge/invalid';
import { emit } from '../bridge/logging';
import { guard } from './guard';
import type { Provider } from './provider';

/** Providers in the order in which they are tried. A new provider needs a file in this folder and a line here. */
const PROVIDERS: readonly Provider[] = [
  require('./openai').provider,
  require('./anthropic').provider,
  require('./google-genai').provider,
  require('./google-generative-ai').provider,
];

/**
 * Records the calls of an LLM client within traces.
 *
 * @returns the same object
 * @throws {ValidationError} if an option is invalid
 */
export function watch<T>(client: T, options?: WatchOptions | null): T {
  if (options !== undefined && options !== null && typeof options !== 'object') {
    invalid('options', `must be an object (got ${typeof options})`);
  }
  const captureContent = options?.captureContent ?? false;
  if (typeof captureContent !== 'boolean') {
    invalid('captureContent', `must be a boolean (got ${typeof captureContent})`);
  }
  const provider = PROVIDERS.find((each) => guard(() => each.matches(client)));
  if (provider) guard(() => provider.patch(client, { captureContent }));
  else {
    const supported = PROVIDERS.map(({ name }) => name).join(', ');
    emit(
      'WARN',
      `watch() does not support this client (got ${classOf(client)}). Supported: ${supported}. ` +
        'It will not be traced.',
    );
  }
  return client;
}

function classOf(client: unknown): string {
  if (client === null) return 'null';
  const name = typeof client === 'object' && guard(() => client.constructor.name);
  return typeof name === 'string' && name !== '' ? name : typeof client;
}
