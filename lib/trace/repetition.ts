import { MAX_COMPARED_REQUEST } from '../bridge/limits';

/** This many equal characters in a row are no coincidence. */
const WINDOW = 12;
/** Shorter texts are common words, and are not compared. */
const MIN_LENGTH = 4;
/** Members of a request that contain no content. */
const PLAIN = new Set(['model', 'role', 'type']);

/** Whether a text repeats part of a request to a language model. True if this cannot be determined. */
export function repeats(text: string, request: unknown): boolean {
  const contents: string[] = [];
  try {
    if (!collect(request, contents, { left: MAX_COMPARED_REQUEST })) return true;
  } catch {
    return true;
  }
  const windows = new Set<number>();
  hashWindows(text, (hash) => {
    windows.add(hash);
    return false;
  });
  return contents.some((content) => {
    if (content.length < MIN_LENGTH) return false;
    if (content.length <= WINDOW) return text.includes(content);
    return hashWindows(
      content,
      (hash, start) => windows.has(hash) && text.includes(content.slice(start, start + WINDOW)),
    );
  });
}

/** What the first character of a window contributes to its hash: the base, to the power of the others. */
const FIRST = Array.from({ length: WINDOW - 1 }).reduce<number>((power) => Math.imul(power, 31), 1);

/**
 * Hashes every window of a text in one pass: comparing each of them with a long request would block the main thread.
 *
 * @returns whether `isFound` returned true, which ends the pass
 */
function hashWindows(text: string, isFound: (hash: number, start: number) => boolean): boolean {
  let hash = 0;
  for (let end = 0; end < text.length; end += 1) {
    if (end >= WINDOW) hash -= Math.imul(text.charCodeAt(end - WINDOW), FIRST);
    hash = (Math.imul(hash, 31) + text.charCodeAt(end)) | 0;
    const start = end - WINDOW + 1;
    if (start >= 0 && isFound(hash, start)) return true;
  }
  return false;
}

/**
 * Collects the texts in a value.
 *
 * @param budget the number of characters and members that may still be collected
 * @returns whether the budget was sufficient
 */
function collect(value: unknown, texts: string[], budget: { left: number }): boolean {
  budget.left -= typeof value === 'string' ? value.length : 1;
  if (budget.left < 0) return false;
  if (typeof value === 'string') texts.push(value.trim());
  if (typeof value !== 'object' || value === null) return true;
  const members = value as Record<string, unknown>;
  return Object.keys(members).every(
    (key) => PLAIN.has(key) || collect(members[key], texts, budget),
  );
}
