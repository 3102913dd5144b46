import { read } from './read';

/** Longer chains repeat themselves. */
const MAX_CAUSES = 5;
/** Errors of an `AggregateError` that are shown. */
const MAX_ERRORS = 10;

/** Adds to the message of an error what has caused it: `fetch failed (cause: Error: connect ECONNREFUSED …)`. */
export function withCauses(message: string, error: object): string {
  const causes: string[] = [];
  const seen = new Set<unknown>([error]);
  let cause = read(error, 'cause');
  while (cause !== undefined && cause !== null && !seen.has(cause) && seen.size <= MAX_CAUSES) {
    seen.add(cause);
    const said = describe(cause);
    // Some errors repeat the message of their cause.
    if (said !== '' && !message.includes(said)) causes.push(said);
    cause = read(cause, 'cause');
  }
  const shown = causes.length > 0 ? ` (cause: ${causes.join('; ')})` : '';
  return message + errorsOf(error) + shown;
}

/** The errors of an `AggregateError`. */
function errorsOf(error: unknown): string {
  const errors = read(error, 'errors');
  if (!Array.isArray(errors) || errors.length === 0) return '';
  const shown = errors.slice(0, MAX_ERRORS).map(describe);
  const more = errors.length > MAX_ERRORS ? [`${errors.length - MAX_ERRORS} more`] : [];
  return ` (errors: ${[...shown, ...more].join('; ')})`;
}

function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error === 'string' ? error : '';
  const [name, message, code] = ['name', 'message', 'code'].map((key) => read(error, key));
  if (typeof message !== 'string') return '';
  const text = message === '' && typeof code === 'string' ? code : message;
  return `${typeof name === 'string' ? `${name}: ` : ''}${text}${errorsOf(error)}`;
}
