/** Returns the known name that is most like a wrong one, if any is. */
export function nearestName(name: string, known: string[]): string | undefined {
  let nearest: string | undefined;
  // A third of the letters may be wrong: `captureinput`, `requestPerSeconds`.
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
export function describeUnknown(names: string[], known: string[]): string {
  return names
    .map((name) => {
      const nearest = nearestName(name, known);
      const hint = nearest === undefined ? 'it has no effect' : `did you mean ${nearest}?`;
      return `the option ${JSON.stringify(name).slice(1, -1)} is unknown: ${hint}`;
    })
    .join('; ');
}

/** The number of letters to insert, remove or replace (Levenshtein). */
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
