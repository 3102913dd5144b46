// How traces get to the platform.
import { type AsyncInfiniumClient, setupLogging } from 'infinium-o2';
import { agentSecret, concurrent } from '../support/client';
import { reply } from '../support/http';
import { collectLog } from '../support/log';
import { clientCode, runProgram } from '../support/program';
import { useServer } from '../support/use';

const server = useServer();
const { bodies } = server;
let client: AsyncInfiniumClient;
beforeEach(() => {
  client = concurrent(server.url, { maxRetries: 0 });
});
afterEach(() => void setupLogging(true, 'WARN'));

describe('sending in the background', () => {
  it('delivers 1,000 traces before flush resolves', async () => {
    const traced = client.trace('Many', (id: number) => id);
    for (let id = 0; id < 1_000; id += 1) traced(id);
    await client.flush();
    expect(new Set(bodies.map((body) => body.output_summary)).size).toBe(1_000);
  });

  it('logs a failing send when the client logs, and never rejects', async () => {
    server.answer = reply(422);
    const lines = collectLog();
    const loud = concurrent(server.url, { maxRetries: 0, enableLogging: true, logLevel: 'ERROR' });
    expect(await loud.trace('Refused', async () => 1)()).toBe(1);
    expect(await client.trace('Silent', async () => 1)()).toBe(1);
    await Promise.all([loud.flush(), client.flush()]);
    await loud.close();
    expect(lines.join()).toContain('Refused');
    expect(lines.join()).not.toContain('Silent');
    expect(lines.join()).not.toContain(agentSecret);
  });

  it('keeps the process alive until a trace is delivered', async () => {
    const { code } = await runProgram(`${clientCode(server.url)} client.trace('Last', () => 1)();`);
    expect(code).toBe(0);
    expect(bodies).toMatchObject([{ name: 'Last' }]);
  });
});
