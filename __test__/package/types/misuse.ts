// What must not compile. Each line that is expected to fail says why.
import {
  AsyncInfiniumClient,
  InfiniumClient,
  setupLogging,
  TraceBuilder,
  watch,
} from 'infinium-o2';

const client = new InfiniumClient();
const task = { name: 'a', description: 'b', currentDatetime: '2026-01-31T09:30:00Z', duration: 1 };

// @ts-expect-error a misspelt option
new InfiniumClient({ agentID: 'x' });
// @ts-expect-error milliseconds are a number
new AsyncInfiniumClient({ timeout: '30s' });
// @ts-expect-error there is no such level
new InfiniumClient({ logLevel: 'verbose' });

// @ts-expect-error duration is missing
client.sendTask({ name: 'a', description: 'b' });
// @ts-expect-error sendTaskData fills nothing in
client.sendTaskData({ name: 'a', description: 'b', duration: 1 });
// @ts-expect-error a misspelt field
client.sendTask({ name: 'a', description: 'b', duration: 1, inputSumary: 'x' });
// @ts-expect-error a misspelt field of a section
client.sendTask({ name: 'a', description: 'b', duration: 1, support: { callID: 'x' } });
const step = { stepNumber: 1, action: 'a', description: 'b' };
// @ts-expect-error a misspelt field of a step's call
client.sendTask({ ...task, steps: [{ ...step, llmCall: { modell: '' } }] });
// @ts-expect-error duration is a number of seconds
client.sendTaskData({ ...task, duration: '1' });
// @ts-expect-error there is nothing to be read from a number
client.sendTaskData(task, 5_000);
// @ts-expect-error not a signal
client.sendTaskData(task, { signal: true });

// @ts-expect-error a batch is an array
client.sendBatch(task);
// @ts-expect-error one task is no iterable of tasks
client.sendAll(task);
// @ts-expect-error a concurrency is a number
client.sendAll([task], { concurrency: '4' });
// @ts-expect-error only the other client has it
client.sendBatchSequential([task]);
// @ts-expect-error the versions are numbers and 'latest'
client.getPrompt('id', 'key', true);
// @ts-expect-error variables are texts and numbers
client.getPrompt('id', 'key', 1, { a: {} });

// @ts-expect-error not a function
client.trace('a', 'b');
// @ts-expect-error a misspelt option
client.trace('a', { autosend: false });
// @ts-expect-error the argument's type is kept
client.trace('a', (n: number) => n)('one');
// @ts-expect-error nothing of this kind
new TraceBuilder('a', 'b').setSection('supprt', {});
// @ts-expect-error a field of another section
new TraceBuilder('a', 'b').setSection('support', { dealValue: 1 });
// @ts-expect-error a builder needs a description
new TraceBuilder('a');
// @ts-expect-error steps are made by builders
new StepContext();
// @ts-expect-error there is no such place
client.trace('a', { redact: (text, where) => (where === 'prompt' ? '' : text) });
// @ts-expect-error a misspelt option
watch({}, { captureContents: true });
// @ts-expect-error a sink has all four methods
setupLogging(true, 'INFO', { info() {} });

// @ts-expect-error a queue policy has a name
new InfiniumClient({ queuePolicy: 'drop' });
// @ts-expect-error there is no such preset
new InfiniumClient({ redact: { presets: ['mail'] } });
// @ts-expect-error keys are an array
new InfiniumClient({ redact: { keys: 'password' } });
// @ts-expect-error enqueue takes no options
client.enqueue(task, { deadline: 5 });
