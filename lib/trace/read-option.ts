import { invalid } from '../bridge/invalid';

type Type = 'boolean' | 'function' | 'number' | 'object' | 'string';

/**
 * Returns an option of `client.trace` and similar functions; undefined if the default applies.
 *
 * @throws {ValidationError} `field` names the option
 */
export function readOption(options: object, key: string, ...types: [Type, ...Type[]]): any {
  let value: unknown;
  try {
    value = (options as Record<string, unknown>)[key] ?? undefined;
  } catch (error) {
    invalid(key, 'cannot be read: its getter threw', error);
  }
  if (value !== undefined && !types.some((type) => type === typeof value)) {
    const wanted = types.map((type) => (type === 'object' ? 'an object' : `a ${type}`));
    invalid(key, `must be ${wanted.join(' or ')} (got ${typeof value})`);
  }
  return value;
}
