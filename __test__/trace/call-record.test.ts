// When a call ends: what is worked out then is worked out once.
import type { CallRecord } from '../../lib/trace/call-record';

const { TraceScope } = require('../../lib/trace/context');

const ways: [string, (call: CallRecord, scope: any) => void][] = [
  ['it ends', (call) => call.end()],
  ['it fails', (call) => call.fail(new Error('no'))],
  ['its trace settles', (_call, scope) => scope.settle()],
];

it.each(ways)('is told once when %s', (_name, finish) => {
  const scope = new TraceScope();
  const call = scope.startCall({});
  let times = 0;
  call.whenEnding(() => {
    times += 1;
    call.update({ promptTokens: 3 });
  });
  expect(times).toBe(0);
  finish(call, scope);
  for (const [, again] of ways) again(call, scope);
  expect([times, call.facts.promptTokens]).toEqual([1, 3]);
});

it('is not told when the trace has settled before', () => {
  const scope = new TraceScope();
  scope.settle();
  const call = scope.startCall({});
  let told = false;
  call.whenEnding(() => {
    told = true;
  });
  call.end();
  expect([told, call.latencyNs]).toEqual([false, undefined]);
});

it('may end with a failure that is only known then', () => {
  const call = new TraceScope().startCall({});
  call.whenEnding(() => call.fail({ errorType: 'ResponseFailed', message: 'late' }));
  call.end();
  expect(call.error).toMatchObject({ message: 'late' });
  expect(call.latencyNs).toEqual(expect.any(BigInt));
});

it('keeps the error that ended it', () => {
  const call = new TraceScope().startCall({});
  call.whenEnding(() => call.fail(new Error('second')));
  call.fail(new Error('first'));
  expect(call.error.message).toBe('first');
});

it('hides the content of a failure that is only known at the end', () => {
  const call = new TraceScope().startCall({}, { request: { text: 'a very private text' } });
  call.whenEnding(() => call.fail({ errorType: 'X', message: 'you said: a very private text' }));
  call.end();
  expect(call.error.message).not.toContain('private');
});

it('ends although working out its facts fails', () => {
  const call = new TraceScope().startCall({});
  call.whenEnding(() => {
    throw new Error('no');
  });
  expect(() => call.end()).not.toThrow();
  expect(call.latencyNs).toEqual(expect.any(BigInt));
});

it.each([
  [
    { status: 429, requestID: 'r' },
    { httpStatus: 429, requestId: 'r' },
  ],
  [
    { statusCode: 503, request_id: 'r' },
    { httpStatus: 503, requestId: 'r' },
  ],
  [
    { status: 500, headers: new Headers({ 'request-id': 'r' }) },
    { httpStatus: 500, requestId: 'r' },
  ],
  [
    { statusCode: 500, responseHeaders: { 'x-request-id': 'r' } },
    { httpStatus: 500, requestId: 'r' },
  ],
  [{ status: 'INTERNAL', requestID: 7 }, {}],
  ['text', {}],
  [null, {}],
])('knows what an error tells of its answer: %j', (error, facts) => {
  const call = new TraceScope().startCall({});
  call.fail(error);
  expect(call.facts).toEqual(facts);
});

it('knows how long it has been running', () => {
  const call = new TraceScope().startCall({});
  const first = call.elapsedMs();
  expect(first).toBeGreaterThan(0);
  expect(call.elapsedMs()).toBeGreaterThan(first);
});
