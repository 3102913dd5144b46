import type { WatchOptions } from '../../index';
import { invalid } from '../bridge/invalid';
import { warnOfUnknown } from '../bridge/unknown-options';
import { warn } from '../bridge/warnings';
import { guard } from './guard';
import type { WatchSettings } from './provider';
import { PROVIDERS } from './providers';

const OPTIONS = ['captureContent'];

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
  warnOfUnknown(options, OPTIONS);
  const problem = patch(client, { captureContent });
  if (problem !== undefined) warnOnce(client, problem);
  return client;
}

/** @returns what is wrong, and what to do, if the calls of the client are not recorded */
export function patch(client: unknown, settings: WatchSettings): string | undefined {
  const provider = PROVIDERS.find((each) => guard(() => each.matches(client)));
  if (!provider) {
    const supported = PROVIDERS.flatMap(({ name, also = [] }) => [name, ...also]).join(', ');
    const got = isClass(client) ? `the class ${client.name}: pass an instance` : classOf(client);
    return (
      `watch() does not support this client (got ${got}), so its calls are not in traces. ` +
      `Pass a client of one of these packages: ${supported}.`
    );
  }
  const missed = new Set<string>();
  const isPatched = guard(() => {
    provider.patch(client, { ...settings, missed: (name) => missed.add(name) });
    return true;
  });
  if (isPatched && missed.size === 0) return undefined;
  const what = missed.size > 0 ? `its calls of ${[...missed].join(', ')}` : 'some of its calls';
  return (
    `watch() cannot change this client (${provider.name}), so ${what} are not in traces. ` +
    'If it is frozen or sealed, pass it to watch() before that.'
  );
}

/** The objects that a warning was about. Other values have an object for each type. */
const warned = new WeakSet<object>();
const types = new Map<string, object>();

function warnOnce(client: unknown, message: string): void {
  const isObject = (typeof client === 'object' && client !== null) || typeof client === 'function';
  const about = isObject ? client : typeObject(client);
  if (warned.has(about)) return;
  warned.add(about);
  warn('INFINIUM_WATCH', message);
}

function typeObject(value: unknown): object {
  const name = classOf(value);
  const object = types.get(name) ?? {};
  types.set(name, object);
  return object;
}

function isClass(value: unknown): value is { name: string } {
  return typeof value === 'function' && guard(() => /^class\b/.test(String(value))) === true;
}

function classOf(client: unknown): string {
  if (client === null) return 'null';
  const name = typeof client === 'object' && guard(() => client.constructor.name);
  return typeof name === 'string' && name !== '' ? name : typeof client;
}
