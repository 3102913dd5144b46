// Stack traces begin at the line of the caller.
import {
  AsyncInfiniumClient,
  InfiniumClient,
  setupLogging,
  TraceBuilder,
  watch,
} from 'infinium-o2';
import { agentId, agentSecret, sequential } from '../support/client';
import { useServer } from '../support/use';

const server = useServer();

const unreadable = {
  get broken() {
    throw new Error('mine');
  },
};
const builder = () => new TraceBuilder('Name', 'About');
const step = () => builder().step('action', 'About') as any;
const client = () => sequential(server.url) as any;

/** The first frame of a stack trace, apart from the one of Node.js that may have resumed an await. */
const firstFrame = (error: any) =>
  error.stack.split('\n').find((line: string) => /^ +at (?!.*\(node:internal)/.test(line));

it.each<[string, () => unknown]>([
  ['a client without an id', () => new InfiniumClient({ agentSecret } as any)],
  ['a client of the other kind', () => new AsyncInfiniumClient({ agentId: 5 } as any)],
  [
    'what the native client refuses',
    () => new InfiniumClient({ agentId, agentSecret, timeout: 0 }),
  ],
  ['a class derived from a client', () => new (class extends InfiniumClient {})({ agentId: 'a' })],
  ['setupLogging', () => setupLogging('yes' as any)],
  ['setupLogging with a sink that is none', () => setupLogging(true, 'INFO', {} as any)],
  ['watch', () => watch({}, 5 as any)],
  ['trace', () => client().trace(5, () => {})],
  ['trace without a function', () => client().trace('name', {}, 5)],
  ['what trace returns', () => client().trace('name', {})(5)],
  ['enqueue', () => client().enqueue({})],
  ['setSection', () => builder().setSection('none' as any, {})],
  ['a setter of a builder', () => builder().setEnvironment(unreadable as any)],
  ['step', () => builder().step('action', 'About', 5 as any)],
  ['recordToolCall', () => step().recordToolCall('tool', unreadable)],
  ['recordLlmCall', () => step().recordLlmCall('model', unreadable)],
  ['setMetadata', () => step().setMetadata('text')],
])('of %s', (_name, call) => {
  let thrown: any;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({
    name: expect.stringMatching(/ConfigurationError|ValidationError/),
  });
  expect(firstFrame(thrown)).toContain(__filename);
});

it.each<[string, () => Promise<unknown>]>([
  ['sendTask', () => client().sendTask({})],
  ['sendBatch', () => client().sendBatch([])],
  ['getPrompt', () => client().getPrompt('', 'key')],
  ['flush', () => client().flush({ timeout: -1 })],
])('of %s, which rejects', async (_name, call) => {
  expect(firstFrame(await call().catch((error) => error))).toContain(__filename);
});
