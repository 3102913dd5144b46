/** The end of a truncated text. */
const ELLIPSIS = '...';

/** Matches surrogates. Without any, the length of the text is its number of code points. */
export const SURROGATE = /[\ud800-\udfff]/;

/**
 * Cuts a text to `max` Unicode code points, never inside a surrogate pair. A cut text ends in `...`, which counts
 * towards `max`.
 */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  const beginning = text.slice(0, max);
  if (!SURROGATE.test(beginning)) {
    return detach(beginning.slice(0, max - ELLIPSIS.length)) + ELLIPSIS;
  }
  let count = 0;
  /** The position where the text ends if it must be cut. */
  let end = 0;
  for (const character of text) {
    count += 1;
    if (count > max) return detach(text.slice(0, end)) + ELLIPSIS;
    if (count <= max - ELLIPSIS.length) end += character.length;
  }
  return text;
}

/** Returns a copy that does not keep the long original in memory, unlike a slice. */
function detach(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
