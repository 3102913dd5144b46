import { warn } from './warnings';

/** Returns the known name that is most like a wrong one, if any is. */
function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  // A third of the characters may be wrong: `captureinput`, `requestPerSeconds`.
  let fewest = Math.floor(name.length / 3) + 1;
  for (const candidate of known) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Says which options are unknown, as in `the option timeOut is unknown: did you mean timeout?` */
function describeUnknown(names: string[], known: readonly string[]): string {
  return names
    .map((name) => {
      const nearest = nearestName(name, known);
      const hint = nearest === undefined ? 'it has no effect' : `did you mean ${nearest}?`;
      return `the option ${JSON.stringify(name).slice(1, -1)} is unknown: ${hint}`;
    })
    .join('; ');
}

/** What was warned about, so that a function that is wrapped again and again warns once. */
const warned = new Set<string>();

/** Warns of options without a meaning. They are no errors: they may be those of a newer version. */
export function warnOfUnknown(options: unknown, known: readonly string[]): void {
  let names: string[];
  try {
    names = Object.keys(options ?? {}).filter((name) => !known.includes(name));
  } catch {
    return;
  }
  if (names.length === 0) return;
  const text = describeUnknown(names, known);
  if (warned.has(text)) return;
  warned.add(text);
  warn('INFINIUM_OPTION', text);
}

/** The number of characters to insert, remove or replace (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
