// What traces say of errors.
const { toErrorDetail } = require('../../lib/trace/error-detail');

it.each<[string, unknown, string]>([
  ['no cause', new Error('plain'), 'plain'],
  [
    'a chain of causes',
    new TypeError('fetch failed', {
      cause: Object.assign(new Error('connect ECONNREFUSED ::1:9', { cause: 'the end' }), {
        code: 'ECONNREFUSED',
      }),
    }),
    'fetch failed (cause: Error: connect ECONNREFUSED ::1:9; the end)',
  ],
  [
    'several errors',
    new AggregateError(
      [new RangeError('a'), 'b', new Error('', { cause: 1 })],
      'All promises were rejected',
    ),
    'All promises were rejected (errors: RangeError: a; b; Error: )',
  ],
  [
    'an error of several errors as its cause',
    new Error('fetch failed', {
      cause: Object.assign(new AggregateError([new Error('v4'), new Error('v6')]), {
        code: 'ETIMEDOUT',
      }),
    }),
    'fetch failed (cause: AggregateError: ETIMEDOUT (errors: Error: v4; Error: v6))',
  ],
  [
    'a message that repeats its cause',
    new Error('a: Error: b', { cause: new Error('b') }),
    'a: Error: b',
  ],
])('shows %s', (_what, error, message) => {
  expect(toErrorDetail(error).message).toBe(message);
});

it('ends with causes that go in circles, are many, or cannot be read', () => {
  const circle: any = new Error('a');
  circle.cause = new Error('b', { cause: circle });
  expect(toErrorDetail(circle).message).toBe('a (cause: Error: b)');
  let chain = new Error('0');
  for (let depth = 1; depth < 50; depth += 1) chain = new Error(`${depth}`, { cause: chain });
  expect(toErrorDetail(chain).message).toBe(
    '49 (cause: Error: 48; Error: 47; Error: 46; Error: 45; Error: 44)',
  );
  const many = new AggregateError(
    Array.from({ length: 99 }, (_, index) => new Error(`${index}`)),
    'x',
  );
  expect(toErrorDetail(many).message).toMatch(/Error: 9; 89 more\)$/);
  const unreadable = Object.defineProperty(new Error('a'), 'cause', {
    get() {
      throw new Error('no');
    },
  });
  expect(toErrorDetail(unreadable).message).toBe('a');
});
