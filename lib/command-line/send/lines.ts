/** One line of a file. */
export interface Line {
  /** The number of the line; the first is 1. */
  number: number;
  /** Where it begins, in bytes. */
  offset: number;
  /** Where the next line begins. */
  end: number;
  /** Its content without the line break; undefined if it is too long. */
  bytes: Buffer | undefined;
}

/** Longer lines are not kept in memory: no task is that long. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 0x0a;

/** Where to begin. */
export interface Position {
  number: number;
  offset: number;
}

/** Splits bytes into lines, with the memory of one line and one chunk. */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  { number, offset }: Position = { number: 1, offset: 0 },
): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let length = 0;
  const finish = (): Line => {
    const bytes = length > MAX_LINE_BYTES ? undefined : Buffer.concat(parts);
    const line = { number, offset, end: offset + length + 1, bytes };
    parts = [];
    return line;
  };
  const add = (part: Buffer) => {
    length += part.length;
    if (length <= MAX_LINE_BYTES) parts.push(part);
    else parts = [];
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end));
      yield finish();
      offset += length + 1;
      number += 1;
      length = 0;
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  // The last line may have no line break.
  if (length > 0) yield finish();
}
