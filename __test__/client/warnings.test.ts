// Warnings of the process about tasks that do not arrive.

import { hang, reply } from '../support/http';
import { clientCode, runProgram } from '../support/program';
import { useServer } from '../support/use';

const server = useServer();

/** Runs a program with a client, and returns the codes and texts of its warnings. */
async function warningsOf(code: string, config: object = {}): Promise<[string, string][]> {
  const { stdout } = await runProgram(`
    const seen = [];
    process.on('warning', ({ name, code, message }) => {
      // The one that says that this runs without the addon is not about tasks.
      const isOther = code === 'INFINIUM_FALLBACK';
      if (name === 'InfiniumWarning' && !isOther) seen.push([code, message]);
    });
    ${clientCode(server.url, { exitTimeout: 100, retryDelay: 1, maxRetries: 0, ...config })}
    process.on('exit', () => console.log(JSON.stringify(seen)));
    const enqueue = (count) => { while (count-- > 0) client.enqueue(task); };
    const idle = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    (async () => { ${code} })();`);
  return JSON.parse(stdout);
}

it.each([
  [401, 'INFINIUM_CREDENTIALS', 'check the agent id and the agent secret'],
  [404, 'INFINIUM_AGENT', 'not found'],
  [422, 'INFINIUM_REFUSED', 'refused by the platform'],
])('a refusal with %i is one warning: %s', async (status, code, text) => {
  server.answer = reply(status, { message: 'no' });
  const warnings = await warningsOf('enqueue(5); await client.flush(); await idle(50);');
  expect(warnings.map(([seen]) => seen)).toEqual([code]);
  expect(warnings[0]?.[1]).toContain(text);
});

it('an outage is one warning', async () => {
  server.answer = reply(503);
  const warnings = await warningsOf('enqueue(20); await client.flush({ timeout: 500 });');
  expect(warnings.map(([code]) => code)).toEqual(['INFINIUM_OUTAGE']);
  expect(warnings[0]?.[1]).toContain('503');
});

it('a queue that fills up is one warning, before anything is dropped', async () => {
  server.answer = hang;
  const config = { maxQueueBytes: 200_000 };
  const warnings = await warningsOf(
    'enqueue(180); await idle(50); enqueue(400); await idle(50);',
    config,
  );
  expect(warnings.map(([code]) => code)).toEqual(['INFINIUM_QUEUE']);
  expect(warnings[0]?.[1]).toContain('half full');
});

it.each([
  ['quiet', { quiet: true }],
  ['enableLogging', { enableLogging: true }],
])('there are none with %s', async (_option, config) => {
  server.answer = reply(401, {});
  expect(await warningsOf('enqueue(5); await client.flush(); await idle(50);', config)).toEqual([]);
});

it('an unknown option is one, with the nearest name', async () => {
  const warnings = await warningsOf('await idle(0);', { requestPerSeconds: 5, timeOut: 1, xyz: 1 });
  expect(warnings).toEqual([
    [
      'INFINIUM_OPTION',
      'the option requestPerSeconds is unknown: did you mean requestsPerSecond?; ' +
        'the option timeOut is unknown: did you mean timeout?; the option xyz is unknown: it has no effect',
    ],
  ]);
});
