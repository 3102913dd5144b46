import { SummaryWriter } from './summary-writer';
import { truncate } from './text';

/**
 * Writes a short JSON of any value. A string stays a string. The cost depends on `max`, not on the size of the
 * value. It never throws.
 *
 * Where JSON has no text for a value there is `"[Circular]"`, `"[Unreadable]"`, `"[Buffer: 12 bytes]"` and the
 * like; an error is its name and message. In instances of classes, members named like a secret are `"[Hidden]"`:
 * clients of providers are often arguments, and hold their keys.
 *
 * @param max Unicode code points
 * @returns undefined if there is nothing to write, as for undefined
 */
export function summarize(value: unknown, max: number): string | undefined {
  if (typeof value === 'string') return truncate(value, max);
  const writer = new SummaryWriter(max);
  const written = writer.write(value, '');
  return written ? truncate(writer.text, max) : undefined;
}

/**
 * Summarizes the arguments of a call: a single one as itself, several as an array.
 *
 * @param max Unicode code points
 */
export function summarizeArguments(values: unknown[], max: number): string | undefined {
  return values.length > 1 ? summarize(values, max) : summarize(values[0], max);
}
