import { SummaryWriter } from './summary-writer';
import { truncate } from './text';

/**
 * Writes a short JSON summary of any value. A string stays a string. The cost depends on `max`, not on the size of
 * the value. It never throws.
 *
 * Values without a JSON form become `"[Circular]"`, `"[Unreadable]"`, `"[Buffer: 12 bytes]"` and similar. An error
 * becomes its name and message. Members of class instances become `"[Hidden]"` if they are named like a secret:
 * provider clients are often arguments, and contain API keys.
 *
 * @param max Unicode code points
 * @returns undefined if there is nothing to write, for example for undefined
 */
export function summarize(value: unknown, max: number): string | undefined {
  if (typeof value === 'string') return truncate(value, max);
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
