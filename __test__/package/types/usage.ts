// What a user of the package may write: compiled, with every compiler that is supported, never run.
import {
  AsyncInfiniumClient,
  BatchError,
  type BatchOptions,
  type BatchResult,
  type ClientConfig,
  type ClientStats,
  ConfigurationError,
  type CurrentTrace,
  currentTrace,
  type FlushOptions,
  getCurrentIsoDatetime,
  InfiniumClient,
  InfiniumError,
  type Logger,
  type LogLevel,
  MAX_BATCH_SIZE,
  NetworkError,
  PayloadTooLargeError,
  RateLimitError,
  type SendAllOptions,
  type SendAllResult,
  type StepContext,
  setupLogging,
  type TaskData,
  type TaskFields,
  TimeoutError,
  TraceBuilder,
  type TraceOptions,
  traceStep,
  traceTool,
  ValidationError,
  VERSION,
  type WaitOptions,
  type WatchOptions,
  watch,
} from 'infinium-o2';

/** Fails to compile unless the two types are the same. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function check<_T extends true>(): void {}

const level: LogLevel = 'DEBUG';
const config: ClientConfig = {
  agentId: 'an-agent',
  agentSecret: null,
  baseUrl: undefined,
  timeout: 5_000,
  maxRetries: 0,
  enableRateLimiting: true,
  adaptiveRateLimit: true,
  quiet: false,
  requestsPerSecond: 2.5,
  userAgent: 'mine/1',
  enableLogging: true,
  logLevel: level,
  maxConcurrency: 4,
  retryDelay: 10,
  maxRetryDelay: 100,
  maxRetryAfter: 1_000,
  retryOnRateLimit: true,
  caCertificates: ['-----BEGIN CERTIFICATE-----'],
  enabled: true,
  environment: { region: 'eu', customTags: { team: 'x' } },
  sampleRate: 0.1,
  beforeSend: (sent) => (sent.name === 'x' ? null : { ...sent, name: 'y' }),
  redact: { presets: ['email', 'urlCredentials'], keys: ['pin'], replacement: '***' },
  prices: { m: { input: 1, output: 2, cachedInput: 0.1 } },
};
const client = new InfiniumClient(config);
const concurrent = new AsyncInfiniumClient();

const task: TaskData = {
  name: 'Everything',
  description: 'Every part of a task',
  currentDatetime: new Date(),
  duration: 1.25,
  inputSummary: null,
  outputSummary: undefined,
  outcome: '',
  expectedOutcome: { taskObjective: 'Done', constraints: ['Quickly'] },
  steps: [
    {
      stepNumber: 1,
      action: 'tool_use',
      description: 'Looked it up',
      durationMs: 12,
      error: { errorType: 'TypeError', message: 'no', recoverable: false, retryCount: 0 },
      toolCall: { toolName: 'look_up', httpStatus: 200 },
      llmCall: { model: 'gpt-4o', promptTokens: 1, completionTokens: null, temperature: 0 },
      metadata: { anyKey: [1, { deep: null }] },
    },
  ],
  errors: [{ errorType: 'Error', message: '' }],
  llmUsage: { model: 'gpt-4o', calls: [{ model: 'gpt-4o' }], estimatedCostUsd: 0.01 },
  environment: { framework: 'none', customTags: { team: 'a', n: 1 } },
  timeTracking: { startTime: new Date(), endTime: '2026-01-31T09:30:00Z' },
  customer: { customerName: 'Ada' },
  support: { followUpRequired: false },
  sales: { dealValue: 1, conversionRate: 0.5 },
  marketing: { campaignName: 'Spring' },
  content: { contentLength: 1 },
  research: { dataSources: ['a', 'b'], sourcesConsulted: 2, keyFindings: [] },
  project: { deliverables: 'one', stakeholders: ['two'], resourceUtilization: 0.5 },
  development: { performanceMetrics: { p99: 12 }, testsRun: 3, filesModified: ['a.js'] },
  executive: { attendeesCount: 2, agendaItems: ['x'], decisionsMade: ['y'] },
  general: { toolsUsed: ['x'], errorsEncountered: [], retries: 0, tags: ['a'] },
};

// Undocumented fields, where the type allows them.
const extended: TaskData & { ticket: string } = { ...task, ticket: 'T-17' };
const loose: TaskData & Record<string, unknown> = { ...task, anything: 1 };

export async function sends(signal: AbortSignal): Promise<string> {
  const { name, description, duration } = task;
  await client.sendTask({ name, description, duration });
  await client.sendTaskData(extended, { signal });
  await client.sendTaskData(loose, {});
  const sent = await client.sendTask<{ traceId: string }>({ name, description, duration });
  check<Same<typeof sent.data, { traceId: string } | undefined>>();
  return sent.data?.traceId ?? sent.message;
}

export async function batches(signal: AbortSignal, frozen: readonly TaskData[]): Promise<number> {
  const options: BatchOptions = { signal, onProgress: (done, total) => done / total };
  const result: BatchResult = await client.sendBatch(frozen, options);
  await concurrent.sendBatch([task, extended]);
  await concurrent.sendBatchSequential([task], null);
  for (const entry of result.results) {
    if (entry.error instanceof ValidationError) return entry.error.field?.length ?? 0;
  }
  return result.failedTasks + MAX_BATCH_SIZE;
}

export async function anyNumber(signal: AbortSignal): Promise<number> {
  async function* generate(): AsyncGenerator<TaskData> {
    yield task;
  }
  const options: SendAllOptions<{ traceId: string }> = {
    concurrency: 4,
    signal,
    onResult: async ({ index, task: one, response }) =>
      `${index} ${one.name} ${response.data?.traceId}`,
  };
  await client.sendAll([task, extended], null);
  await concurrent.sendAll(new Set([task]));
  await concurrent.sendAll([Promise.resolve(task)]);
  const result: SendAllResult = await client.sendAll(generate(), options);
  for (const { index, name, error } of result.failures) {
    if (error instanceof ValidationError) return index + (name ?? error.message).length;
  }
  return result.totalTasks - result.successfulTasks - result.failedTasks;
}

export async function reads(traceId: string, signal: AbortSignal): Promise<void> {
  const options: WaitOptions = { timeout: 1_000, pollInterval: 10, signal };
  await client.getInterpretedTaskResult(traceId);
  await client.waitForInterpretation(traceId);
  await client.waitForInterpretation(traceId, options);
  await client.waitForInterpretation(traceId, 60_000, 1_000);
  const prompt = await client.getPrompt('id', 'key');
  check<Same<typeof prompt.content, string>>();
  await client.getPrompt('id', 'key', 3, { name: 'Ada', times: 2, polite: true });
  await client.getPrompt('id', 'key', 'latest');
  await client.getPrompt('id', 'key', null, null, { deadline: 1_000, signal });
  await client.close();
  await client[Symbol.asyncDispose]();
}

export async function inBackground(fields: TaskFields): Promise<number> {
  const quiet: ClientConfig = {
    maxQueueBytes: 1_000_000,
    queuePolicy: 'dropNewest',
    spoolDir: './spool',
    maxSpoolBytes: 1_000_000,
    spoolSync: false,
    exitTimeout: 500,
  };
  const background = new InfiniumClient(quiet);
  check<Same<ReturnType<typeof background.enqueue>, boolean>>();
  background.enqueue(fields);
  const options: FlushOptions = { timeout: 100 };
  check<Same<Awaited<ReturnType<typeof background.flush>>, boolean>>();
  await background.flush(options);
  await background.close(options);
  const { delivered, failedByError, spool }: ClientStats = background.stats();
  return delivered + (failedByError.ServerError ?? 0) + spool.tasks;
}

export function failures(error: unknown): string | number | undefined {
  if (!(error instanceof InfiniumError)) return undefined;
  if (error instanceof RateLimitError) return error.retryAfter;
  if (error instanceof TimeoutError) return error.timeoutDuration;
  if (error instanceof NetworkError) return error.originalError?.message;
  if (error instanceof ConfigurationError) return error.configKey;
  if (error instanceof PayloadTooLargeError) return error.actualSize ?? error.maxSize;
  if (error instanceof BatchError) return error.errors.length + error.results.length;
  return error.statusCode ?? error.details?.responseData;
}

export async function traces(): Promise<void> {
  const options: TraceOptions = {
    description: 'Mine',
    autoSend: false,
    onTrace: (built) => built.name.length,
    captureInput: false,
    captureOutput: false,
    redact: (text, where) => (where === 'llmInput' ? '' : text),
    tags: (question: string) => ({ question, count: 1, fresh: true }),
    session: 's-1',
    user: () => undefined,
    sampleRate: 0.5,
    untilStreamEnds: true,
    onDelivered: (delivery, task) =>
      void (delivery.success ? [delivery.traceId, delivery.response] : [delivery.error, task.name]),
  };
  const add = (a: number, b = 1) => a + b;
  const traced = client.trace('Add', add);
  check<Same<typeof traced, typeof add>>();
  const withOptions = client.trace('Add', options, add);
  check<Same<typeof withOptions, typeof add>>();
  const curried = client.trace('Add')(add);
  check<Same<typeof curried, typeof add>>();
  const curriedWithOptions = client.trace('Add', options)(add);
  check<Same<typeof curriedWithOptions, typeof add>>();
  const generic = client.trace('Same', <T>(value: T): T => value);
  check<Same<typeof generic, <T>(value: T) => T>>();
  const bound = client.trace('This', function (this: { n: number }, by: number) {
    return this.n * by;
  });
  check<Same<typeof bound, (this: { n: number }, by: number) => number>>();
  class Untouched {}
  const untouched = client.trace('Class', Untouched);
  check<Same<typeof untouched, typeof Untouched>>();
  const later = concurrent.trace('Later', async (text: string) => text.length);
  check<Same<typeof later, (text: string) => Promise<number>>>();
  await later('x');
  const look: (query: string) => string = traceTool('look', (query: string) => query);
  const find = traceStep('retrieval', { description: 'Find', metadata: { a: 1 } }, look);
  check<Same<typeof find, typeof look>>();
  const checked = traceTool('check', { captureInput: false })(look);
  check<Same<typeof checked, typeof look>>();
  const running: CurrentTrace | undefined = currentTrace() ?? client.currentTrace();
  running
    ?.setOutcome('success')
    .setExpectedOutcome('Done', { constraints: ['Quickly'] })
    .setSection('support', { callId: 'C-17' })
    .setEnvironment({ region: 'eu-west-1' })
    .setInputSummary('in')
    .setOutputSummary('out')
    .addError(new Error('no'))
    .setTags({ plan: 'pro' })
    .setSession('s')
    .setUser('u')
    .setMetadata({ a: 1 })
    .step('a', 'b')
    .end();
  const value: number | undefined = running?.step('a', 'b', () => 1);
  const delivery = await running?.delivered;
  if (delivery?.success === false) throw delivery.error;
  check<Same<typeof value, number | undefined>>();
  const bind = client.bind(look);
  check<Same<typeof bind, typeof look>>();
  class Agent {
    @client.trace('Run')
    run(this: Agent, question: string): string {
      return question;
    }
    @traceTool('look')
    look = (query: string) => query;
  }
  new Agent().run('x');
}

export async function builders(failed: Error): Promise<TaskData> {
  const trace = new TraceBuilder('Name', 'Description')
    .setInputSummary('in')
    .setOutputSummary('out')
    .setOutcome('success')
    .setExpectedOutcome({ taskObjective: 'Done' })
    .setExpectedOutcome('Done', { constraints: ['Quickly'] })
    .setEnvironment({ region: 'eu-west-1' })
    .setLlmUsage({ totalTokens: 3 })
    .setSection('support', { callId: 'C-17' })
    .addError(failed)
    .addError({ errorType: 'Mine', message: 'no' });
  const step: StepContext = trace.step('retrieval', 'Read');
  step
    .setInput('a')
    .setOutput('b')
    .recordToolCall('tool', { durationMs: 1 })
    .recordLlmCall('model', { provider: 'openai' })
    .setMetadata({ any: 1 })
    .setError(failed)
    .end();
  const text = await trace.step('llm_call', 'Ask', async (inner) => inner.setInput('x') && 'text');
  check<Same<typeof text, string>>();
  const length = trace.step('count', 'Count', () => 3);
  check<Same<typeof length, number>>();
  return trace.build();
}

class Provider {
  chat = { create: (): string => '' };
}
const watched = watch(new Provider());
check<Same<typeof watched, Provider>>();
const content: WatchOptions = { captureContent: true };
watch(watched, content).chat.create().trim();

const logger: Logger = setupLogging(true, 'DEBUG', {
  debug() {},
  info() {},
  warn() {},
  error() {},
});
logger.info(`${VERSION} ${getCurrentIsoDatetime()}`);

// What an `AbortSignal` is to compilers that were given neither the DOM nor Node.js.
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: string, listener: (event: object) => void): void;
  removeEventListener(type: string, listener: (event: object) => void): void;
}
