// Values in metadata that JSON shows as nothing.
import { TraceBuilder } from 'infinium-o2';

it.each<[string, unknown, unknown]>([
  ['a map', new Map([['a', new Set([1n])]]), [['a', ['1n']]]],
  ['a set', new Set([1, 'b']), [1, 'b']],
  ['an error', new TypeError('no'), 'TypeError: no'],
  ['a URL', new URL('https://a.example/'), 'https://a.example/'],
  ['bytes', Buffer.from('abc'), '[Buffer: 3 bytes]'],
  ['a typed array', new Float32Array(2), '[Float32Array: 8 bytes]'],
  ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['a big integer', 12n, '12n'],
  ['a decimal', { toJSON: () => '1.5' }, '1.5'],
  ['members of objects', { list: [new Map()] }, { list: [[]] }],
])('shows %s', (_what, value, shown) => {
  const trace = new TraceBuilder('Name', 'Description');
  trace.step('a', 'b').setMetadata({ value });
  const { steps } = trace.build();
  expect(JSON.parse(JSON.stringify(steps?.[0].metadata))).toEqual({ value: shown });
});
