const { summarize, summarizeArguments } = require('../../lib/trace/summarize');
const { truncate } = require('../../lib/trace/text');

/** The shortest of a few runs, in milliseconds: a busy machine makes single ones long. */
function shortest(fn: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 7; run += 1) {
    const start = process.hrtime.bigint();
    fn();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e6);
  }
  return best;
}

describe('truncate', () => {
  it('leaves a text alone when it has as many code points as there is room for', () => {
    expect(truncate('abcde', 5)).toBe('abcde');
    expect(truncate('😀'.repeat(5), 5)).toBe('😀'.repeat(5));
  });

  it('ends in an ellipsis within the limit when it cuts', () => {
    expect(truncate('abcdef', 5)).toBe('ab...');
  });

  it('never splits a surrogate pair', () => {
    expect(truncate('😀'.repeat(6), 5)).toBe('😀😀...');
    expect(truncate(`a${'😀'.repeat(6)}`, 5)).toBe('a😀...');
  });

  it('keeps lone surrogates as they are', () => {
    expect(truncate('\ud800bcdef', 5)).toBe('\ud800b...');
  });
});

describe('summarize', () => {
  it.each([
    [{ a: [1, 'x', null, true, 1e21, {}], 'k"': '\n' }],
    [[[], {}, [[]]]],
    [{ left: undefined, out: () => 1, when: new Date(0), zero: -0, none: Number.NaN }],
    [[undefined, () => 1]],
    [{ lone: '\ud800x' }],
    [{ toJSON: () => ({ other: 1 }) }],
    [{ key: { toJSON: (key: string) => key } }],
    [[new Number(1.5), new String('x'), new Boolean(false)]],
    [Object.assign(Object.create(null), { a: 1 })],
    [nest(39)],
    [null],
    [false],
    [12.5],
  ])('writes %j as JSON.stringify does', (value) => {
    expect(summarize(value, 500)).toBe(JSON.stringify(value));
  });

  it('gives a string without quotes', () => {
    expect(summarize('say "hi"', 50)).toBe('say "hi"');
  });

  it.each([[undefined], [() => 1]])('has nothing to say of %p', (value) => {
    expect(summarize(value, 50)).toBeUndefined();
  });

  it('cuts within the limit, in code points', () => {
    const text = summarize({ text: '😀'.repeat(100) }, 20);
    expect([...text]).toHaveLength(20);
    expect(text.endsWith('😀...')).toBe(true);
  });

  it('shows that there was more, whatever the characters take', () => {
    const text = summarize(Array(100).fill('😀😀😀😀'), 20);
    expect([...text]).toHaveLength(20);
    expect(text.endsWith('...')).toBe(true);
  });

  it('looks at no more members than it has room for', () => {
    let looks = 0;
    const many: Record<string, unknown> = {};
    for (let index = 0; index < 10_000; index += 1) {
      Object.defineProperty(many, `key${index}`, { enumerable: true, get: () => ++looks });
    }
    summarize(many, 100);
    expect(looks).toBeLessThan(100);
  });

  it('says so where it is too deep to go on', () => {
    expect(summarize(nest(40), 500)).toContain('"[Deep]"');
  });

  it('survives whatever throws when it is looked at', () => {
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const getter = Object.defineProperty({ fine: 1 }, 'bad', {
      enumerable: true,
      get() {
        throw new Error('no');
      },
    });
    const toJSON = {
      toJSON() {
        throw undefined;
      },
    };
    expect(summarize(getter, 100)).toBe('{"fine":1,"bad":"[Unreadable]"}');
    expect(summarize([toJSON, revoked.proxy, 1], 100)).toBe('["[Unreadable]","[Unreadable]",1]');
    const shut = new Proxy({}, { ownKeys: toJSON.toJSON });
    expect(summarize([shut, 1], 100)).toBe('["[Unreadable]",1]');
  });

  it('names cycles, but not values that merely appear twice', () => {
    const twice = { n: 1 };
    const cycle: Record<string, unknown> = { a: twice, b: twice };
    cycle.me = cycle;
    expect(summarize(cycle, 100)).toBe('{"a":{"n":1},"b":{"n":1},"me":"[Circular]"}');
  });

  it('says what JSON has no word for', () => {
    expect(summarize([10n, Buffer.from('abc'), Symbol('s')], 100)).toBe(
      '["10n","[Buffer: 3 bytes]","Symbol(s)"]',
    );
    expect(summarize(new TypeError('no'), 100)).toBe('"TypeError: no"');
    expect(summarize([new ArrayBuffer(3), 2n ** 200n, 1n << 300n], 200)).toBe(
      `["[ArrayBuffer: 3 bytes]","${2n ** 200n}n","[BigInt]"]`,
    );
  });

  it('writes maps and sets as their entries, as far as there is room', () => {
    const map = new Map<unknown, unknown>([
      ['a', new Set([1, [2]])],
      [{ k: 1 }, undefined],
    ]);
    expect(summarize(map, 200)).toBe('[["a",[1,[2]]],[{"k":1},null]]');
    let looks = 0;
    class Watched extends Map {
      override *[Symbol.iterator](): any {
        for (;;) yield [++looks, 'x'];
      }
    }
    expect(summarize(new Watched(), 100)).toHaveLength(100);
    expect(looks).toBeLessThan(50);
  });

  it.each<[string, unknown, string]>([
    ['a URL', new URL('https://a.example/b?c=1'), '"https://a.example/b?c=1"'],
    [
      'Headers',
      new Headers({ a: '1', Authorization: 'x' }),
      '{"a":"1","authorization":"[Hidden]"}',
    ],
    ['URLSearchParams', new URLSearchParams('a=1&token=x'), '{"a":"1","token":"[Hidden]"}'],
    [
      'a Request',
      new Request('http://a.example/', { headers: { cookie: 'sid=1' } }),
      '{"method":"GET","url":"http://a.example/","headers":{"cookie":"[Hidden]"}}',
    ],
    [
      'a Response',
      new Response('x', { status: 201 }),
      '{"status":201,"statusText":"","url":"","headers":{"content-type":"text/plain;charset=UTF-8"}}',
    ],
    ['a stream', new ReadableStream(), '"[ReadableStream]"'],
    [
      'a stream of a provider',
      new (class Stream {
        controller = {};
        async *[Symbol.asyncIterator]() {}
      })(),
      '"[Stream]"',
    ],
    ['a promise', Promise.resolve(1), '"[Promise]"'],
    ['a regular expression', /a+/g, '"/a+/g"'],
    ['a weak map', new WeakMap(), '"[WeakMap]"'],
    [
      'a decimal',
      new (class Decimal {
        #digits = '1.5';
        toString() {
          return this.#digits;
        }
      })(),
      '"1.5"',
    ],
    ['an instance without members', new (class Empty {})(), '"[Empty]"'],
    ['an error with a cause', new Error('a'), '"Error: a"'],
  ])('shows %s', (_what, value, text) => {
    expect(summarize(value, 300)).toBe(text);
  });

  it('hides what is named like a secret, in any shape', () => {
    class Client {
      apiKey = 'sk-1';
      options = { headers: { Authorization: 'Bearer 1' }, completionTokens: 3 };
    }
    expect(summarize(new Client(), 200)).toBe(
      '{"apiKey":"[Hidden]","options":{"headers":{"Authorization":"[Hidden]"},"completionTokens":3}}',
    );
    const hidden = [
      { token: 'mine' },
      { a: [{ password: 'mine' }] },
      { headers: ['Host', 'a', 'Authorization', 'mine', 'cookie', 'mine'] },
      [['authorization', 'mine']],
      new Map([['x-api-key', 'mine']]),
      { name: 'Set-Cookie', value: 'mine' },
      { key: 'API Key', value: { inner: 'mine' } },
      { toJSON: () => ({ secret: 'mine' }) },
      new (class {
        auth = 'mine';
        toJSON() {
          return { ...this };
        }
      })(),
      { pin: 1, otp: 123456 },
      { tokens: ['mine'] },
    ];
    for (const value of hidden) {
      const text = summarize(value, 200);
      expect(text).toContain('[Hidden]');
      expect(text).not.toContain('mine');
      expect(text).not.toContain('123456');
    }
    expect(summarize({ tokens: { prompt: 5 }, maxTokens: 7, hasPassword: true }, 200)).toBe(
      '{"tokens":{"prompt":5},"maxTokens":7,"hasPassword":true}',
    );
  });

  it.each([
    'api_key',
    'API-Key',
    'clientSecret',
    'passwd',
    'dbPassword',
    'accessToken',
    'cookie',
    'proxyAuthorization',
    'awsCredentials',
  ])('hides %s of an instance, text and object alike', (key) => {
    class Client {}
    const client = (value: unknown) => Object.assign(new Client(), { [key]: value });
    expect(summarize(client('sk-1'), 200)).toBe(`{"${key}":"[Hidden]"}`);
    expect(summarize(client({ user: 'sk-1' }), 200)).toBe(`{"${key}":"[Hidden]"}`);
  });

  it.each(['tokenCount', 'keyboard'])('shows %s of an instance', (key) => {
    class Client {}
    const client = Object.assign(new Client(), { [key]: 'plain' });
    expect(summarize(client, 200)).toBe(`{"${key}":"plain"}`);
  });

  it.each<[string, unknown]>([
    ['an array of ten million', new Array(1e7).fill(1)],
    ['a sparse array', new Array(4e9)],
    ['50 MB of text', Buffer.alloc(5e7, 97).toString('latin1')],
    ['50 MB of text inside', [Buffer.alloc(5e7, 97).toString('latin1')]],
    ['50 MB of bytes', Buffer.alloc(5e7)],
    ['a BigInt of a million digits', [1n << 4_000_000n]],
    ['an array nested 100,000 deep', nest(100_000)],
  ])('takes no longer for %s than for its beginning', (_title, value) => {
    // The work of the beginning is far below this; that of the whole is far above.
    expect(shortest(() => summarize(value, 1_000))).toBeLessThan(20);
    expect([...summarize(value, 1_000)].length).toBeLessThanOrEqual(1_000);
  });
});

describe('summarizeArguments', () => {
  it('gives one argument as it is, several as an array, and nothing for none', () => {
    expect(summarizeArguments(['text'], 50)).toBe('text');
    expect(summarizeArguments(['text', undefined, { a: 1 }], 50)).toBe('["text",null,{"a":1}]');
    expect(summarizeArguments([], 50)).toBeUndefined();
  });
});

function nest(depth: number): unknown[] {
  let value: unknown[] = [];
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}
