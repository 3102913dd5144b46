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
  return contents.some((content) => {
    if (content.length < MIN_LENGTH) return false;
    if (content.length <= WINDOW) return text.includes(content);
    for (let start = 0; start + WINDOW <= text.length; start += 1) {
      if (content.includes(text.slice(start, start + WINDOW))) return true;
    }
    return false;
  });
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
