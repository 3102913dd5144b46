// How a file is split into lines, how their outcomes are remembered, and how progress is drawn.
import { Ledger } from '../../lib/command-line/send/ledger';
import { type Line, type Position, splitLines } from '../../lib/command-line/send/lines';
import { Progress } from '../../lib/command-line/send/progress';

async function split(chunks: Buffer[], start?: Position): Promise<Line[]> {
  const lines: Line[] = [];
  async function* source() {
    yield* chunks;
  }
  for await (const line of splitLines(source(), start)) lines.push(line);
  return lines;
}

/** Cuts bytes into chunks of this size. */
function cut(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

it.each(['', '\n', 'a', 'a\n', 'a\nbc\n\n\nd', 'é漢😀\r\n\nx\n'])(
  'splits a file into lines, however its bytes arrive: %j',
  async (text) => {
    const bytes = Buffer.from(text);
    const expected = text.split('\n');
    if (expected.at(-1) === '') expected.pop();
    for (let size = 1; size <= bytes.length + 1; size += 1) {
      const lines = await split(cut(bytes, size));
      expect(lines.map((line) => String(line.bytes))).toEqual(expected);
      expect(lines.map(({ number }) => number)).toEqual(expected.map((_, index) => index + 1));
      for (const { number, offset, end } of lines) {
        // Reading from any line gives the same lines.
        const rest = await split([bytes.subarray(offset)], { number, offset });
        expect(rest).toEqual(lines.slice(number - 1));
        expect(lines[number]?.offset ?? end).toBe(end);
      }
    }
  },
);

it('remembers which lines are settled, whatever their order', () => {
  const line = (number: number): Line => ({
    number,
    offset: number * 10,
    end: number * 10 + 10,
    bytes: undefined,
  });
  const ledger = new Ledger();
  for (let number = 1; number <= 6; number += 1) expect(ledger.begin(line(number))).toBe(true);
  for (const number of [6, 2, 4, 1]) ledger.settle(number, 'sent');
  ledger.settle(5, 'failed');
  expect(ledger.settled()).toEqual({
    next: { number: 7, offset: 70 },
    open: [{ number: 3, offset: 30 }],
    sent: 4,
    failed: 1,
  });
  const again = new Ledger(JSON.parse(JSON.stringify(ledger.settled())));
  expect(again.start).toEqual({ number: 3, offset: 30 });
  const begun = [3, 4, 5, 6, 7].filter((number) => again.begin(line(number)));
  expect(begun).toEqual([3, 7]);
  // Neither is settled, so a third run would begin with the first of them.
  expect(again.start).toEqual({ number: 3, offset: 30 });
  again.settle(3, 'sent');
  again.settle(7, 'blank');
  expect(again.settled()).toMatchObject({ open: [], next: { number: 8 }, sent: 5 });
});

/** Clears the line. */
const CLEAR = '\r\x1b[K';

describe('progress', () => {
  function draw(isTTY: boolean, size: number | undefined) {
    const ledger = new Ledger();
    const written: string[] = [];
    const write = (text: string) => written.push(text);
    const progress = new Progress({ isTTY, columns: 70, write }, { ledger, size, start: 0 });
    ledger.sent = 1_234;
    ledger.failed = 5;
    progress.advance(500);
    progress.advance(600);
    progress.clear();
    return written;
  }

  it('is a bar on a terminal, which fits into its line and is removed', () => {
    const [bar, removed, ...more] = draw(true, 1_000);
    expect(bar.startsWith(CLEAR)).toBe(true);
    expect(bar).toMatch(/█{12}░{12} 50 % {2}1,234 sent, 5 failed, /);
    expect(bar.length).toBeLessThanOrEqual(70 + 4);
    // The second call came too soon.
    expect([removed, more]).toEqual([CLEAR, []]);
  });

  it('has no share if nobody knows the size, and is nothing elsewhere', () => {
    expect(draw(true, undefined)[0]).toMatch(/K1,234 sent, 5 failed, [\d,]+\/s$/);
    expect(draw(false, 1_000)).toEqual([]);
  });
});
