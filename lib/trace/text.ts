/** The end of a truncated text. */
const ELLIPSIS = '...';

/** Half of a code point, perhaps. Without any, the number of code points is the length of the text. */
export const SURROGATE = /[\ud800-\udfff]/;

/**
 * Cuts a text to `max` Unicode code points, never through a surrogate pair. A cut text ends in `...`, which
 * counts.
 */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  const beginning = text.slice(0, max);
  if (!SURROGATE.test(beginning)) {
    return detach(beginning.slice(0, max - ELLIPSIS.length)) + ELLIPSIS;
  }
  let count = 0;
  /** Where the text ends if it has to be cut. */
  let end = 0;
  for (const character of text) {
    count += 1;
    if (count > max) return detach(text.slice(0, end)) + ELLIPSIS;
    if (count <= max - ELLIPSIS.length) end += character.length;
  }
  return text;
}

/** A copy that does not keep the long original in memory, as a slice does. */
function detach(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
