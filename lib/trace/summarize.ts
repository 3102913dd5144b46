import { SummaryWriter, shorten } from './summary-writer';
import { truncate } from './text';

/**
 * Writes a short JSON summary of any value. A string stays a string. The cost depends on `max`, not on the size of
 * the value. It never throws.
 *
 * Values without a JSON form become `"[Circular]"`, `"[Unreadable]"`, `"[Buffer: 12 bytes]"` and similar; maps and sets
 * become arrays, and an error its name and message. Texts become `"[Hidden]"` if they are named like a secret, in any
 * shape: requests and provider clients are often arguments, and contain keys. Secrets within texts are hidden, too.
 *
 * @param max Unicode code points
 * @returns undefined if there is nothing to write, for example for undefined
 */
export function summarize(value: unknown, max: number): string | undefined {
  // More than the limit, to detect that the text is cut, and because hiding makes it shorter.
  if (typeof value === 'string') return truncate(shorten(value, 4 * (max + 1)), max);
  const writer = new SummaryWriter(max);
  const written = writer.write(value, '');
  return written ? truncate(writer.text, max) : undefined;
}

/**
 * Summarizes the arguments of a call: a single argument as itself, several arguments as an array.
 *
 * @param max Unicode code points
 */
export function summarizeArguments(values: unknown[], max: number): string | undefined {
  return values.length > 1 ? summarize(values, max) : summarize(values[0], max);
}
