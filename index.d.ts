/**
 * Reports the work of LLM agents to Infinium.
 *
 * ```js
 * import { InfiniumClient } from 'infinium-o2';
 *
 * const client = new InfiniumClient({ agentId: '…', agentSecret: '…' });
 * await client.sendTask({ name: 'Summarize', description: 'Two sentences', duration: 2.4 });
 * ```
 */

declare global {
  // The same declarations as in newer standard libraries, for compilers with an older one: they merge.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
    readonly asyncDispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
  interface AsyncDisposable {
    [Symbol.asyncDispose](): PromiseLike<void>;
  }
}

// biome-ignore lint/complexity/noUselessEmptyExport: without it everything in this file is exported
export {};

// ── Constants and functions ─────────────────────────────────────────────────────────────────────

/** The maximum number of tasks in one batch: 100. */
export const MAX_BATCH_SIZE: 100;
/** The maximum length of a task's name in characters (Unicode code points): 500. */
export const MAX_NAME_LENGTH: 500;
/** The maximum length of a task's description in characters (Unicode code points): 10,000. */
export const MAX_DESCRIPTION_LENGTH: 10000;
/** The maximum size of an encoded task in bytes: 1,048,576. */
export const MAX_PAYLOAD_SIZE: 1048576;
/** The version of this package. */
export const VERSION: string;

/**
 * Returns the current time in ISO 8601: UTC, to the millisecond, with `Z`, for example
 * `2026-01-31T09:30:00.000Z`.
 */
export function getCurrentIsoDatetime(): string;

// ── Configuration ───────────────────────────────────────────────────────────────────────────────

/** The importance of a log line, from the lowest to the highest. */
export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/**
 * Options of a client. `null` and `undefined` mean the default. A wrong option throws a
 * {@link ConfigurationError} from the constructor; its `configKey` is the name of the option.
 */
export interface ClientConfig {
  /**
   * The id of the agent: printable ASCII, at least 3 characters; on the hosted platform a UUID.
   * Default: the environment variable `INFINIUM_AGENT_ID`.
   */
  agentId?: string | null | undefined;
  /**
   * The agent's secret: at least 8 characters that an HTTP header may contain. It appears in no error, log
   * or inspection. Default: the environment variable `INFINIUM_AGENT_SECRET`.
   */
  agentSecret?: string | null | undefined;
  /**
   * The address of the platform: an absolute http or https URL without credentials, query or fragment.
   * Plain http to another machine emits a process warning. Default: the environment variable
   * `INFINIUM_BASE_URL`, otherwise `https://platform.i42m.ai/api/v1`.
   */
  baseUrl?: string | null | undefined;
  /**
   * The limit of one attempt in milliseconds, from connecting to the last byte; greater than 0.
   * Default 30000.
   */
  timeout?: number | null | undefined;
  /** The number of attempts after the first: a whole number, 0 to 100. Default 3. */
  maxRetries?: number | null | undefined;
  /** Whether `requestsPerSecond` is enforced. Default true. */
  enableRateLimiting?: boolean | null | undefined;
  /**
   * The number of requests that may start per second, with bursts of twice as many; greater than 0.
   * Default 10.
   */
  requestsPerSecond?: number | null | undefined;
  /**
   * Whether the client sends less when the platform answers 429, and then slowly more again, up to
   * `requestsPerSecond`. So processes that share a limit find their shares. Default true.
   */
  adaptiveRateLimit?: boolean | null | undefined;
  /** The `user-agent` header. Default `infinium-node/<version>`. */
  userAgent?: string | null | undefined;
  /** Whether requests, answers, waits, retries and errors are logged. Default false. */
  enableLogging?: boolean | null | undefined;
  /**
   * Whether the client emits no warnings. Otherwise the first time that its tasks in the background are refused or
   * dropped, or meet an outage, is a warning of the process (`InfiniumWarning`), at most one of each `code`:
   * `INFINIUM_CREDENTIALS`, `INFINIUM_AGENT`, `INFINIUM_REFUSED`, `INFINIUM_OUTAGE`, `INFINIUM_QUEUE`,
   * `INFINIUM_SPOOL`. With `enableLogging`, the log says it instead. Default false.
   */
  quiet?: boolean | null | undefined;
  /** The lowest level that is logged. Default `'INFO'`. */
  logLevel?: LogLevel | null | undefined;
  /**
   * The maximum number of requests in flight: a whole number, 1 or more. Default 32.
   *
   * If other requests hang and hold all places, what you await gets places of its own after 25 ms: single sends, reads
   * and batches up to this number each.
   */
  maxConcurrency?: number | null | undefined;
  /**
   * The wait before the first retry in milliseconds, 0 or more; each further wait is twice as long.
   * Default 1000.
   */
  retryDelay?: number | null | undefined;
  /** The longest wait before a retry in milliseconds, 0 or more. Default 60000. */
  maxRetryDelay?: number | null | undefined;
  /**
   * The longest `Retry-After` of the platform that the client waits for, in milliseconds, 0 or more; above
   * it the call fails at once. Default 60000.
   */
  maxRetryAfter?: number | null | undefined;
  /**
   * Whether to wait and retry on status 429: `true` everywhere, `false` nowhere.
   * Default: in batches and in the background, but not in single sends.
   */
  retryOnRateLimit?: boolean | null | undefined;
  /**
   * Certificates to trust, in addition to the bundled list of Mozilla, the file of `NODE_EXTRA_CA_CERTS`, and the store
   * of the operating system (`SSL_CERT_FILE` and `SSL_CERT_DIR` replace it): PEM text, bytes of PEM or DER, or an array
   * of them. The self-signed certificate of a server is trusted if it is given here. Default none.
   */
  caCertificates?: string | Uint8Array | (string | Uint8Array)[] | null | undefined;
  /**
   * The maximum memory in bytes for tasks in the background ({@link InfiniumClient.enqueue},
   * {@link InfiniumClient.trace}), including about 600 bytes for each: a whole number, 0 or more.
   * Default 67108864 (64 MiB).
   */
  maxQueueBytes?: number | null | undefined;
  /**
   * Which tasks are dropped when {@link maxQueueBytes} is used up: those that have waited longest, or the new
   * one. {@link InfiniumClient.stats} counts drops, and each burst of drops is logged once.
   * Default `'dropOldest'`.
   */
  queuePolicy?: 'dropOldest' | 'dropNewest' | null | undefined;
  /**
   * A directory that keeps tasks until the platform has confirmed them, so that they survive the process:
   * the next client with this directory, agent and base URL delivers them. It contains whole tasks, in
   * files that only this user can read (mode 0600). Many processes can share it. Default none.
   */
  spoolDir?: string | null | undefined;
  /**
   * The maximum size in bytes of the tasks of this client in {@link spoolDir}, including those that it takes
   * over from earlier processes: a whole number, 0 or more. Further tasks are kept only in memory.
   * Default 268435456 (256 MiB).
   */
  maxSpoolBytes?: number | null | undefined;
  /**
   * Whether tasks in {@link spoolDir} also survive a power loss. Then each task waits for the disk, on the
   * main thread. Otherwise they survive only the end of the process, however it ends. Default false.
   */
  spoolSync?: boolean | null | undefined;
  /**
   * Whether anything is sent. If not, every call is checked as usual and resolves with the message `disabled`, no
   * credentials are needed, and tasks are counted as dropped for `disabled`. Only `getPrompt` rejects: an agent must not
   * run without its instructions. Default: false if the environment variable `INFINIUM_ENABLED` is `0`, `false`, `off`
   * or `no`, otherwise true.
   */
  enabled?: boolean | null | undefined;
  /**
   * Merged under the environment of every trace of {@link InfiniumClient.trace} and of every task that a
   * {@link TraceBuilder} has built; `customTags` tag by tag. Tasks that you write yourself stay as they are. Default
   * none.
   */
  environment?: EnvironmentContext | null | undefined;
  /**
   * The share of traces of {@link InfiniumClient.trace} that is sent: 0 to 1. Traces with errors are always sent, and of
   * one session all or none. The others are counted as dropped for `sampled`. Default 1.
   */
  sampleRate?: number | null | undefined;
  /**
   * Called with every task for the background before it is sent ({@link InfiniumClient.enqueue},
   * {@link InfiniumClient.trace}). It is synchronous, and returns the task to send, or null to drop it. If it throws, or
   * returns anything else, the task is dropped. Dropped tasks are counted for `beforeSend`. Default none.
   */
  beforeSend?: ((task: TaskData) => TaskData | null) | null | undefined;
  /**
   * What is replaced in every text of every task before it is sent or written to {@link spoolDir}, on another thread: also
   * in tasks that you write yourself. Default none.
   */
  redact?: RedactConfig | null | undefined;
  /**
   * The prices of models by name, to estimate the cost of LLM calls whose provider does not report it. A model is looked
   * up by the name in the answer, otherwise by the one in the request. Default none: no cost is estimated.
   */
  prices?: Record<string, ModelPrice> | null | undefined;
  /**
   * How long the end of the process waits for pending tasks, in milliseconds, 0 or more: when nothing else
   * is left to do, at `process.exit()`, and on an uncaught error, SIGTERM, SIGINT, SIGHUP, SIGQUIT or SIGUSR2. All
   * clients of a process share this time. A second signal ends it. A line on stderr says how many tasks are lost then,
   * unless they are in a spool or `quiet` is set. 0 does not wait, and says nothing. Default 1500.
   */
  exitTimeout?: number | null | undefined;
}

/** What is replaced in tasks. */
export interface RedactConfig {
  /**
   * Kinds of texts that are replaced. Card numbers and IBANs are known by their checksums, keys by their published
   * prefixes; `urlCredentials` keeps the host. Default none.
   */
  presets?:
    | (
        | 'email'
        | 'phone'
        | 'creditCard'
        | 'iban'
        | 'ip'
        | 'jwt'
        | 'apiKey'
        | 'privateKey'
        | 'urlCredentials'
      )[]
    | null
    | undefined;
  /** Names of members whose values are replaced, in any spelling, also within summaries. Default none. */
  keys?: string[] | null | undefined;
  /** What is written instead: 1 to 100 characters, not blank, without quotes. Default `[redacted]`. */
  replacement?: string | null | undefined;
}

/** The price of a model in US dollars per million tokens. */
export interface ModelPrice {
  /** Tokens that the model reads. */
  input: number;
  /** Tokens that it writes. */
  output: number;
  /** Tokens that it reads from a cache. Default: as `input`. */
  cachedInput?: number | null | undefined;
  /** Tokens that are written to a cache. Default: as `input`. */
  cacheCreation?: number | null | undefined;
  /** Tokens of reasoning. Default: as `output`. */
  reasoning?: number | null | undefined;
}

/** The part of an `AbortSignal` that this package uses. */
export interface AbortSignalLike {
  /** Whether the signal was aborted already. */
  readonly aborted: boolean;
  /** The reason for the abort; the promise rejects with it. */
  readonly reason?: any;
  /** Adds a listener. */
  addEventListener(type: 'abort', listener: () => void): void;
  /** Removes a listener. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Options of a single call. A wrong option rejects with a {@link ValidationError}. */
export interface SendOptions {
  /** Cancels the call; the promise rejects with the signal's reason. */
  signal?: AbortSignalLike | null | undefined;
  /**
   * The limit of the whole call in milliseconds, including all attempts and waits; greater than 0. After it
   * the promise rejects with a {@link TimeoutError}, and the request in flight is cancelled. Default none.
   */
  deadline?: number | null | undefined;
}

/** Options of a batch. A wrong option rejects with a {@link ValidationError}. */
export interface BatchOptions {
  /** Cancels the batch; the promise rejects with a {@link BatchError} whose cause is the reason. */
  signal?: AbortSignalLike | null | undefined;
  /**
   * The limit of the whole batch in milliseconds; greater than 0. After it the promise rejects with a
   * {@link BatchError} whose cause is a {@link TimeoutError}, and requests in flight are cancelled.
   * Default none.
   */
  deadline?: number | null | undefined;
  /**
   * Called after each task that has a result, whether it succeeded or failed. An error that it
   * throws is logged.
   */
  onProgress?: ((done: number, total: number) => void) | null | undefined;
}

/** Options of {@link InfiniumClient.sendAll}. A wrong option rejects with a {@link ValidationError}. */
export interface SendAllOptions<T = any> {
  /**
   * The number of tasks that are read and not settled: a whole number, 1 or more, and at most
   * {@link ClientConfig.maxConcurrency}, which is also the default. With 1, tasks are sent in order.
   */
  concurrency?: number | null | undefined;
  /**
   * Stops reading and cancels requests in flight; the promise rejects with a {@link BatchError} whose cause is the
   * reason.
   */
  signal?: AbortSignalLike | null | undefined;
  /**
   * Called after each task that has a result, in the order of completion. If it returns a promise, its task counts as
   * unsettled until then, so that a slow receiver slows down sending. An error that it throws is logged.
   */
  onResult?: ((outcome: SendAllOutcome<T>) => unknown) | null | undefined;
}

/** What has become of one task of {@link InfiniumClient.sendAll}. */
export interface SendAllOutcome<T = any> {
  /** The number of tasks that were read before this one. */
  index: number;
  /** The task as it was read. */
  task: TaskData;
  /** The response, as in a batch: a failed one has the typed `error`. */
  response: ApiResponse<T>;
}

/** A task of {@link InfiniumClient.sendAll} that was not delivered. */
export interface SendAllFailure {
  /** The number of tasks that were read before this one. */
  index: number;
  /** The name of the task, if it could be read. */
  name?: string;
  /** The error with which a single send would have rejected. */
  error: InfiniumError;
}

/** The result of {@link InfiniumClient.sendAll}. */
export interface SendAllResult {
  /** The number of tasks that were read. */
  totalTasks: number;
  /** The number of tasks that were delivered. */
  successfulTasks: number;
  /** The number of tasks that were not delivered. */
  failedTasks: number;
  /** The first 1,000 failures, in the order of the tasks; `onResult` gets all. */
  failures: SendAllFailure[];
}

/** Options of {@link InfiniumClient.flush} and {@link InfiniumClient.close}. */
export interface FlushOptions {
  /**
   * The longest wait in milliseconds, 0 or more; 0 only checks. Default: no limit while anything is
   * delivered, and 30 seconds when the platform does not answer.
   */
  timeout?: number | null | undefined;
}

/** Options of {@link InfiniumClient.waitForInterpretation}. */
export interface WaitOptions {
  /**
   * Milliseconds until the promise rejects with a {@link TimeoutError}; greater than 0. Default
   * 120000.
   */
  timeout?: number | null | undefined;
  /** Milliseconds between two requests; greater than 0. Default 3000. */
  pollInterval?: number | null | undefined;
  /** Stops waiting; the promise rejects with the signal's reason. */
  signal?: AbortSignalLike | null | undefined;
}

// ── Tasks ───────────────────────────────────────────────────────────────────────────────────────

/**
 * One piece of an agent's work.
 *
 * A `Date` is sent as its ISO string; fields that are null or undefined are omitted. Unknown fields are
 * sent too, after the others, under their name in snake_case. Declare them, because the compiler treats
 * them as misspellings otherwise:
 *
 * ```ts
 * const task: TaskData & { ticket: string } = {
 *   name: 'Triage',
 *   description: 'Sorted a ticket',
 *   currentDatetime: new Date(),
 *   duration: 1.5,
 *   ticket: 'T-17',
 * };
 * ```
 */
export interface TaskData {
  /** What was done, in a few words: not blank, at most 500 characters. */
  name: string;
  /** What the task was about: not blank, at most 10,000 characters. */
  description: string;
  /**
   * The time of the task: ISO 8601 with a time, years 1900 to 2100; with `Z`, an offset, or
   * neither.
   */
  currentDatetime: string | Date;
  /** The duration of the task in seconds: 0 to 86,400. */
  duration: number;
  /** A summary of the input. */
  inputSummary?: string | null | undefined;
  /** A summary of the output. */
  outputSummary?: string | null | undefined;
  /** The outcome, for example `success`. */
  outcome?: string | null | undefined;
  /** The expected outcome. */
  expectedOutcome?: ExpectedOutcome | null | undefined;
  /** The steps of the task, in order. */
  steps?: ExecutionStep[] | null | undefined;
  /** The errors that happened. */
  errors?: ErrorDetail[] | null | undefined;
  /** The total usage of language models. */
  llmUsage?: LlmUsage | null | undefined;
  /** The start and end of the work. */
  timeTracking?: TimeTracking | null | undefined;
  /** The customer that the work was for. */
  customer?: Customer | null | undefined;
  /** A support case. */
  support?: Support | null | undefined;
  /** A sale. */
  sales?: Sales | null | undefined;
  /** A campaign. */
  marketing?: Marketing | null | undefined;
  /** A piece of content. */
  content?: Content | null | undefined;
  /** A research task. */
  research?: Research | null | undefined;
  /** A project. */
  project?: Project | null | undefined;
  /** Software development. */
  development?: Development | null | undefined;
  /** A meeting. */
  executive?: Executive | null | undefined;
  /** Other facts about the task. */
  general?: General | null | undefined;
  /** The environment in which the task ran. */
  environment?: EnvironmentContext | null | undefined;
  /** The prompts that the task fetched. {@link InfiniumClient.trace} fills this in. */
  promptStudio?: PromptStudio | null | undefined;
}

/**
 * The fields of `sendTask` and `enqueue`: a task whose `currentDatetime` is filled in if it is
 * missing.
 */
export type TaskFields = Omit<TaskData, 'currentDatetime'> &
  Partial<Pick<TaskData, 'currentDatetime'>>;

/** One step of a task. */
export interface ExecutionStep {
  /** The number of the step, from 1. */
  stepNumber: number;
  /** The kind of step, for example `tool_use` or `llm_call`. */
  action: string;
  /** What the step did. */
  description: string;
  /** The duration in milliseconds. */
  durationMs?: number | null | undefined;
  /** The beginning of the input. */
  inputPreview?: string | null | undefined;
  /** The beginning of the output. */
  outputPreview?: string | null | undefined;
  /** The error, if the step failed. */
  error?: ErrorDetail | null | undefined;
  /** The call of a tool, if the step made one. */
  toolCall?: ToolCall | null | undefined;
  /** The call of a language model, if the step made one. */
  llmCall?: LlmCall | null | undefined;
  /** Other facts under keys of your own; sent exactly as given. */
  metadata?: Record<string, unknown> | null | undefined;
}

/** An error that happened in a task. */
export interface ErrorDetail {
  /** The class of the error, for example `TypeError`. */
  errorType: string;
  /** The message of the error. */
  message: string;
  /** Whether the work could continue. */
  recoverable?: boolean | null | undefined;
  /** The number of retries. */
  retryCount?: number | null | undefined;
  /** The stack trace. */
  stackTrace?: string | null | undefined;
  /** The code of the error, for example `ECONNRESET`. */
  errorCode?: string | null | undefined;
}

/** A call of a tool. */
export interface ToolCall {
  /** The name of the tool. */
  toolName: string;
  /** The duration in milliseconds. */
  durationMs?: number | null | undefined;
  /** A summary of the input. */
  inputSummary?: string | null | undefined;
  /** A summary of the output. */
  outputSummary?: string | null | undefined;
  /** The error, if the call failed. */
  error?: ErrorDetail | null | undefined;
  /** The HTTP status of the answer, if the tool uses HTTP. */
  httpStatus?: number | null | undefined;
}

/** A call of a language model. */
export interface LlmCall {
  /** The name of the model. */
  model: string;
  /** The provider of the model, for example `openai`. */
  provider?: string | null | undefined;
  /** The number of tokens that the model read, cached ones included. */
  promptTokens?: number | null | undefined;
  /** The number of tokens that the model wrote, reasoning included. */
  completionTokens?: number | null | undefined;
  /** The duration in milliseconds. */
  latencyMs?: number | null | undefined;
  /** The sampling temperature. */
  temperature?: number | null | undefined;
  /** The purpose of the call, for example `embedding`. */
  purpose?: string | null | undefined;
}

/** The total usage of language models in a task. */
export interface LlmUsage {
  /** The name of the model, or `multiple`. */
  model?: string | null | undefined;
  /** The provider of the model, or `multiple`. */
  provider?: string | null | undefined;
  /** The number of tokens that the models read, cached ones included. */
  promptTokens?: number | null | undefined;
  /** The number of tokens that the models wrote, reasoning included. */
  completionTokens?: number | null | undefined;
  /** The sum of the two. */
  totalTokens?: number | null | undefined;
  /** The estimated cost in US dollars. */
  estimatedCostUsd?: number | null | undefined;
  /** The number of calls. */
  apiCallsCount?: number | null | undefined;
  /** The total duration of the calls in milliseconds. */
  totalLatencyMs?: number | null | undefined;
  /** The single calls. */
  calls?: LlmCall[] | null | undefined;
}

/** The expected outcome of a task. */
export interface ExpectedOutcome {
  /** The objective. */
  taskObjective: string;
  /** The results that are required. */
  requiredDeliverables?: string[] | null | undefined;
  /** The constraints. */
  constraints?: string[] | null | undefined;
  /** The criteria for success. */
  acceptanceCriteria?: string[] | null | undefined;
}

/** The environment in which a task ran. */
export interface EnvironmentContext {
  /** The agent framework. */
  framework?: string | null | undefined;
  /** The version of the framework. */
  frameworkVersion?: string | null | undefined;
  /** The version of Node.js, without `v`. */
  nodeVersion?: string | null | undefined;
  /** The version of Python. */
  pythonVersion?: string | null | undefined;
  /** The version of this package. */
  sdkVersion?: string | null | undefined;
  /** The runtime, for example `node`. */
  runtime?: string | null | undefined;
  /** The region, for example `eu-west-1`. */
  region?: string | null | undefined;
  /** Other facts under keys of your own; sent exactly as given. */
  customTags?: Record<string, unknown> | null | undefined;
}

/** The prompts that a task fetched. */
export interface PromptStudio {
  /** The prompts, in the order in which they were fetched. */
  promptsUsed?: PromptUse[] | null | undefined;
}

/** A prompt that a task fetched. */
export interface PromptUse {
  /** The id of the prompt. */
  promptId: string;
  /** The name of the prompt. */
  promptName?: string | null | undefined;
  /** The version of the prompt. */
  version?: string | number | null | undefined;
  /** The source of the prompt: `prompt_studio`. */
  source?: string | null | undefined;
  /** The names of the variables that were filled in; null if there were none. */
  variablesUsed?: string[] | null | undefined;
  /** The time of the request, in ISO 8601. */
  fetchedAt?: string | null | undefined;
}

/** The start and end of the work. */
export interface TimeTracking {
  /** The start, in ISO 8601. */
  startTime?: string | Date | null | undefined;
  /** The end, in ISO 8601. */
  endTime?: string | Date | null | undefined;
}

/** The customer that the work was for. */
export interface Customer {
  /** The name of the customer. */
  customerName?: string | null | undefined;
  /** The e-mail address of the customer. */
  customerEmail?: string | null | undefined;
  /** The telephone number of the customer. */
  customerPhone?: string | null | undefined;
  /** The address of the customer. */
  customerAddress?: string | null | undefined;
  /** The company of the customer. */
  clientCompany?: string | null | undefined;
  /** The industry of the customer's company. */
  clientIndustry?: string | null | undefined;
}

/** A support case. */
export interface Support {
  /** The id of the case. */
  callId?: string | null | undefined;
  /** A description of the issue. */
  issueDescription?: string | null | undefined;
  /** The type of the issue. */
  issueType?: string | null | undefined;
  /** How the issue was resolved. */
  resolution?: string | null | undefined;
  /** The priority of the case. */
  priority?: string | null | undefined;
  /** Whether the case needs a follow-up. */
  followUpRequired?: boolean | null | undefined;
  /** Notes of the agent. */
  agentNotes?: string | null | undefined;
}

/** A sale. */
export interface Sales {
  /** The source of the lead. */
  leadSource?: string | null | undefined;
  /** The stage of the sale. */
  salesStage?: string | null | undefined;
  /** The value of the deal. */
  dealValue?: number | null | undefined;
  /** The share of leads that buy. */
  conversionRate?: number | null | undefined;
  /** Notes about the sale. */
  salesNotes?: string | null | undefined;
}

/** A campaign. */
export interface Marketing {
  /** The name of the campaign. */
  campaignName?: string | null | undefined;
  /** The type of the campaign. */
  campaignType?: string | null | undefined;
  /** The audience of the campaign. */
  targetAudience?: string | null | undefined;
  /** The channel of the campaign. */
  marketingChannel?: string | null | undefined;
  /** Measurements of engagement. */
  engagementMetrics?: string | null | undefined;
  /** Measurements of conversion. */
  conversionMetrics?: string | null | undefined;
}

/** A piece of content. */
export interface Content {
  /** The type of the content. */
  contentType?: string | null | undefined;
  /** The format of the content. */
  contentFormat?: string | null | undefined;
  /** The length of the content. */
  contentLength?: number | null | undefined;
  /** The topic of the content. */
  contentTopic?: string | null | undefined;
  /** The platform on which the content is published. */
  targetPlatform?: string | null | undefined;
}

/** A research task. */
export interface Research {
  /** The topic of the research. */
  researchTopic?: string | null | undefined;
  /** The method of the research. */
  researchMethod?: string | null | undefined;
  /** The sources of data. */
  dataSources?: string | string[] | null | undefined;
  /** The findings. */
  researchFindings?: string | null | undefined;
  /** The type of analysis. */
  analysisType?: string | null | undefined;
  /** The number of sources consulted. */
  sourcesConsulted?: number | null | undefined;
  /** The main findings. */
  keyFindings?: string[] | null | undefined;
  /** The confidence in the findings. */
  confidenceLevel?: string | null | undefined;
  /** The quality of the data. */
  dataQuality?: string | null | undefined;
}

/** A project. */
export interface Project {
  /** The name of the project. */
  projectName?: string | null | undefined;
  /** The phase of the project. */
  projectPhase?: string | null | undefined;
  /** The deliverables of the project. */
  deliverables?: string | string[] | null | undefined;
  /** The stakeholders of the project. */
  stakeholders?: string | string[] | null | undefined;
  /** The status of the project. */
  projectStatus?: string | null | undefined;
  /** The milestone that was reached. */
  milestoneAchieved?: string | null | undefined;
  /** The priority of this task. */
  taskPriority?: string | null | undefined;
  /** The share of resources in use. */
  resourceUtilization?: number | null | undefined;
  /** An assessment of the risks. */
  riskAssessment?: string | null | undefined;
  /** What blocks the project. */
  blockers?: string[] | null | undefined;
}

/** Software development. */
export interface Development {
  /** The programming language. */
  programmingLanguage?: string | null | undefined;
  /** The framework. */
  frameworkUsed?: string | null | undefined;
  /** The number of bugs found. */
  bugsFound?: number | null | undefined;
  /** The number of bugs fixed. */
  bugsFixed?: number | null | undefined;
  /** The test coverage in percent. */
  testCoverage?: number | null | undefined;
  /** Measurements of performance, as text or under keys of your own. */
  performanceMetrics?: string | Record<string, unknown> | null | undefined;
  /** The status of the deployment. */
  deploymentStatus?: string | null | undefined;
  /** The technical debt that remains. */
  technicalDebt?: string | null | undefined;
  /** The files that were changed. */
  filesModified?: string[] | null | undefined;
  /** The number of tests run. */
  testsRun?: number | null | undefined;
  /** The number of tests passed. */
  testsPassed?: number | null | undefined;
}

/** A meeting. */
export interface Executive {
  /** The type of the meeting. */
  meetingType?: string | null | undefined;
  /** The number of attendees. */
  attendeesCount?: number | null | undefined;
  /** The items of the agenda. */
  agendaItems?: string | string[] | null | undefined;
  /** The actions to take. */
  actionItems?: string | string[] | null | undefined;
  /** The number of calendar conflicts. */
  calendarConflicts?: number | null | undefined;
  /** The decisions that were made. */
  decisionsMade?: string[] | null | undefined;
}

/** Other facts about a task. */
export interface General {
  /** The tools that were used. */
  toolsUsed?: string | string[] | null | undefined;
  /** Notes of the agent. */
  agentNotes?: string | null | undefined;
  /** The errors that happened on the way. */
  errorsEncountered?: ErrorDetail[] | null | undefined;
  /** The number of retries. */
  retries?: number | null | undefined;
  /** Warnings. */
  warnings?: string[] | null | undefined;
  /** The external services that were called. */
  externalApisCalled?: string[] | null | undefined;
  /** The sources of data that were read. */
  dataSourcesAccessed?: string[] | null | undefined;
  /** Tags. */
  tags?: string[] | null | undefined;
}

// ── Results ─────────────────────────────────────────────────────────────────────────────────────

/** The answer of the platform. */
export interface ApiResponse<T = any> {
  /** Whether the call succeeded. */
  success: boolean;
  /** The HTTP status of the answer; missing if there was no answer. */
  statusCode?: number;
  /** The message of the platform (`Success` if there is none), or why the task failed. */
  message: string;
  /** The platform's JSON as received, on success with the `traceId`; missing if there was none. */
  data?: T;
  /** In a failed entry of a batch: the error with which a single send would have rejected. */
  error?: InfiniumError;
}

/** The result of a batch. */
export interface BatchResult<T = any> {
  /** The number of tasks in the batch. */
  totalTasks: number;
  /** The number of tasks that were delivered. */
  successfulTasks: number;
  /** The number of tasks that were not delivered. */
  failedTasks: number;
  /** One response for each task, at the same index. */
  results: ApiResponse<T>[];
  /** One line for each failure, in the order of the tasks, with the task's index and name. */
  errors: string[];
}

/** A prompt that is stored on the platform. */
export interface PromptContent {
  /** The id of the prompt. */
  promptId: string;
  /** The name of the prompt. */
  name?: string;
  /** The version that was found. */
  version: string | number;
  /** The text, with placeholders such as `{{name}}`. */
  content: string;
  /** The time when this version was created. */
  createdAt?: string;
  /** The text with the variables filled in; only if variables were passed. */
  renderedContent?: string;
}

/**
 * The counts of all tasks of a client at one instant: `submitted` is the sum of `delivered`, `failed`,
 * `dropped` and `pending`.
 */
export interface ClientStats {
  /** The number of tasks handed over, by any method. */
  submitted: number;
  /** The number of tasks that the platform confirmed. */
  delivered: number;
  /** The number of tasks that were refused, or failed after all retries. */
  failed: number;
  /** The failed tasks by the class name of the error. */
  failedByError: Record<string, number>;
  /** The number of tasks that were given up. */
  dropped: number;
  /**
   * The dropped tasks by reason: `queueFull`, `closed` (the client was closed before they were delivered),
   * `leftInSpool` (the same, but the next process delivers them), `abandoned` (their call ended without
   * an outcome), `sampled`, `beforeSend` or `disabled` (by the options of these names).
   */
  droppedByReason: Record<string, number>;
  /** The number of tasks without an outcome yet. */
  pending: number;
  /** The age of the oldest pending task in milliseconds; 0 if there is none. */
  oldestAgeMs: number;
  /** The memory of tasks in the background, in bytes. */
  bytes: number;
  /** The number of requests in flight, of any kind. */
  inFlight: number;
  /** The number of attempts after the first. */
  retries: number;
  /** How often a request waited for the rate limit. */
  limiterWaits: number;
  /** The contents of {@link ClientConfig.spoolDir}. */
  spool: {
    /** The number of tasks on disk. */
    tasks: number;
    /** The size of these tasks in bytes. */
    bytes: number;
    /** The number of tasks taken over from processes that have ended. */
    adopted: number;
    /** The number of damaged files, which were moved to the directory `corrupt`. */
    corrupted: number;
    /**
     * The number of tasks that are only in memory because the spool was full or the disk failed.
     */
    refused: number;
  };
}

// ── Clients ─────────────────────────────────────────────────────────────────────────────────────

/** Any function, and any class. */
type AnyFunction = ((...args: any[]) => any) | (abstract new (...args: any[]) => any);

/** What both clients have in common. */
declare abstract class Client {
  /** @throws {@link ConfigurationError} if an option is wrong or missing. Nothing is sent. */
  constructor(config?: ClientConfig | null);

  /**
   * Sends one task; `currentDatetime` is filled in if it is missing.
   *
   * The task is read before this method returns: later changes to it have no effect.
   *
   * ```js
   * const { data } = await client.sendTask({ name: 'Greet', description: 'Said hello', duration: 0.1 });
   * console.log(data.traceId);
   * ```
   *
   * Rejects with {@link ValidationError}, {@link PayloadTooLargeError}, {@link AuthenticationError},
   * {@link NotFoundError}, {@link RateLimitError} (at once), {@link ServerError},
   * {@link NetworkError} or {@link TimeoutError} (after all retries), or {@link InfiniumError}.
   */
  sendTask<T = any>(fields: TaskFields, options?: SendOptions | null): Promise<ApiResponse<T>>;

  /** Sends one task. See {@link sendTask}. */
  sendTaskData<T = any>(task: TaskData, options?: SendOptions | null): Promise<ApiResponse<T>>;

  /**
   * Sends any number of tasks from an array, a generator, a stream or any other iterable, concurrently, within the rate
   * limit. It never holds more than `concurrency` of them (default {@link ClientConfig.maxConcurrency}), so that millions
   * need no more memory than a few. Each needs its `currentDatetime`.
   *
   * ```js
   * const { successfulTasks, failures } = await client.sendAll(readTasks());
   * ```
   *
   * A failed task does not stop the others. The promise rejects with {@link BatchError}, after what was started has
   * settled, when continuing is pointless (see {@link InfiniumClient.sendBatch}), when the signal was aborted, when the
   * iterable threw (`cause` is its error), or when the client was closed. Its counts are about the tasks that were read,
   * and it has the `failures`. Rejects with {@link ValidationError} if an argument is wrong, and with
   * {@link InfiniumError} if the client was closed before the first task.
   */
  sendAll<T = any>(
    tasks: Iterable<TaskData | PromiseLike<TaskData>> | AsyncIterable<TaskData>,
    options?: SendAllOptions<T> | null,
  ): Promise<SendAllResult>;

  /**
   * Delivers a task in the background, within the rate limit, and retries it for as long as the platform
   * does not answer. Returns at once. `currentDatetime` is filled in if it is missing.
   *
   * ```js
   * client.enqueue({ name: 'Greet', description: 'Said hello', duration: 0.1 });
   * ```
   *
   * @returns whether the queue had room for the task ({@link ClientConfig.maxQueueBytes}); {@link stats}
   *   counts its outcome
   * @throws {@link ValidationError} or {@link PayloadTooLargeError} if the task is wrong,
   *   {@link InfiniumError} if the client is closed
   */
  enqueue(task: TaskFields): boolean;

  /**
   * What runs the client: the native addon, or WebAssembly where no addon loads. Clients are alike either way,
   * apart from what docs/deployment.md lists.
   */
  readonly runtime: 'native' | 'wasm';

  /**
   * Returns the counts of all tasks so far.
   *
   * ```js
   * const { delivered, dropped, pending } = client.stats();
   * ```
   */
  stats(): ClientStats;

  /**
   * Asks once for the interpretation of a trace. If it is not ready, or the trace is unknown, the response
   * has `success: false`.
   *
   * ```js
   * const { success, data } = await client.getInterpretedTaskResult(traceId);
   * if (success) console.log(data.interpretedTraceResult);
   * ```
   */
  getInterpretedTaskResult<T = any>(
    traceId: string,
    options?: SendOptions | null,
  ): Promise<ApiResponse<T>>;

  /**
   * Asks repeatedly until the interpretation of a trace is ready.
   *
   * ```js
   * const { data } = await client.waitForInterpretation(traceId, { timeout: 60_000 });
   * ```
   *
   * Rejects with {@link TimeoutError} after the timeout, which also cancels a request in flight.
   */
  waitForInterpretation<T = any>(
    traceId: string,
    options?: WaitOptions | null,
  ): Promise<ApiResponse<T>>;
  /** The same, with timeout and interval in milliseconds as arguments. */
  waitForInterpretation<T = any>(
    traceId: string,
    timeoutMs?: number,
    pollIntervalMs?: number,
  ): Promise<ApiResponse<T>>;

  /**
   * Fetches a prompt. With `variables`, `renderedContent` is its text with placeholders such as `{{name}}`
   * filled in; placeholders without a value stay.
   *
   * ```js
   * const { renderedContent } = await client.getPrompt(id, key, 'latest', { name: 'Ada' });
   * ```
   *
   * @param version a positive integer, its digits, or `'latest'` (the default)
   */
  getPrompt(
    promptId: string,
    promptKey: string,
    version?: number | string | null,
    variables?: Record<string, string | number | boolean | bigint | null | undefined> | null,
    options?: SendOptions | null,
  ): Promise<PromptContent>;

  /**
   * Wraps a function so that each of its calls becomes a trace, delivered in the background. The trace has
   * summaries of arguments and result, the duration, errors, the calls of watched LLM clients
   * ({@link watch}) and the prompts that the function fetched. The wrapped function behaves exactly like
   * the original. The trace of a generator lasts until it is exhausted. Classes are returned unchanged and not
   * traced.
   *
   * ```js
   * const answer = client.trace('Answer', async (question) => { … });
   * const reply = await answer('How high is Mont Blanc?');
   * await client.flush();
   * ```
   *
   * A trace that cannot be sent is logged, never thrown. {@link flush} and the end of the process wait for
   * pending traces.
   *
   * @param name the task's name: not blank, at most 500 characters
   * @throws {@link ValidationError} if an argument is wrong
   */
  trace<F extends AnyFunction>(name: string, fn: F): F;
  /** The same, with options. */
  trace<F extends AnyFunction>(name: string, options: TraceOptions | null | undefined, fn: F): F;
  /**
   * The same in two steps.
   *
   * ```js
   * const traced = client.trace('Answer', { captureInput: false });
   * const answer = traced(async (question) => { … });
   * ```
   */
  trace(name: string, options?: TraceOptions | null): TraceWrapper;

  /** The running trace: see {@link currentTrace}. */
  currentTrace(): CurrentTrace | undefined;

  /**
   * Returns a function that belongs to the trace that runs now, wherever it is called: for queues and event emitters that
   * call back in another context.
   *
   * ```js
   * queue.add(client.bind(() => work()));
   * ```
   *
   * @throws {@link ValidationError} if `fn` is not a function
   */
  bind<F extends (...args: any[]) => any>(fn: F): F;

  /** Returns the current time in ISO 8601: UTC, to the millisecond, with `Z`. */
  getCurrentIsoDatetime(): string;

  /**
   * Waits until nothing is in flight or in the background.
   *
   * ```js
   * if (!(await client.flush({ timeout: 1_000 }))) console.warn('traces are late', client.stats());
   * ```
   *
   * @returns `true` when everything is done; `false` after the timeout
   */
  flush(options?: FlushOptions | null): Promise<boolean>;

  /**
   * Waits like {@link flush}, then drops the remaining tasks and closes all connections. Later calls reject.
   * Tasks in {@link ClientConfig.spoolDir} stay there for the next process.
   *
   * @returns `true` when everything was done; `false` after the timeout
   */
  close(options?: FlushOptions | null): Promise<boolean>;

  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Sends tasks one after another.
 *
 * ```js
 * const client = new InfiniumClient({ agentId: '…', agentSecret: '…' });
 * const result = await client.sendBatch(tasks);
 * console.log(`Sent ${result.successfulTasks}/${result.totalTasks} traces`);
 * ```
 */
export class InfiniumClient extends Client {
  /**
   * Sends 1 to 100 tasks, one after another, in order. All are read before this method returns.
   *
   * A failed task does not stop the others. The promise rejects with {@link BatchError} when continuing is
   * pointless: the credentials are refused, the agent is unknown, three tasks in a row (or every task of a
   * smaller batch) got no answer after all retries, or the signal was aborted. A wrong number of tasks
   * rejects with {@link ValidationError}, and nothing is sent.
   */
  sendBatch<T = any>(
    tasks: readonly TaskData[],
    options?: BatchOptions | null,
  ): Promise<BatchResult<T>>;
}

/**
 * Sends tasks concurrently, within the rate limit.
 *
 * ```js
 * const client = new AsyncInfiniumClient({ agentId: '…', agentSecret: '…' });
 * const result = await client.sendBatch(tasks);
 * ```
 */
export class AsyncInfiniumClient extends Client {
  /** Sends 1 to 100 tasks concurrently. See {@link InfiniumClient.sendBatch}. */
  sendBatch<T = any>(
    tasks: readonly TaskData[],
    options?: BatchOptions | null,
  ): Promise<BatchResult<T>>;

  /** Sends 1 to 100 tasks one at a time. See {@link InfiniumClient.sendBatch}. */
  sendBatchSequential<T = any>(
    tasks: readonly TaskData[],
    options?: BatchOptions | null,
  ): Promise<BatchResult<T>>;
}

// ── Errors ──────────────────────────────────────────────────────────────────────────────────────

/**
 * The base class of all errors of this package. It is used itself for statuses without a class of
 * their own.
 */
export class InfiniumError extends Error {
  constructor(message: string, init?: { statusCode?: number; details?: object; cause?: unknown });
  /** The HTTP status of the platform's answer. */
  statusCode?: number;
  /** The platform's answer, if it was JSON. */
  details?: { responseData?: any };
  cause?: unknown;
}

/** The platform refused the credentials (401, 403): check `agentId` and `agentSecret`. */
export class AuthenticationError extends InfiniumError {}

/** A task or argument is wrong: found before anything was sent, or by the platform (400, 422). */
export class ValidationError extends InfiniumError {
  /** The path to the wrong value, for example `steps[2].llmCall.model`. */
  field?: string;
}

/** The platform limits the rate (429): wait, then send again. */
export class RateLimitError extends InfiniumError {
  /** The wait in seconds, if the platform sent one. */
  retryAfter?: number;
}

/** No complete answer arrived after all retries. */
export class NetworkError extends InfiniumError {
  /**
   * The code that Node.js uses for the same failure, for example `ENOTFOUND`, `ECONNREFUSED`, `ECONNRESET`,
   * `ETIMEDOUT` or `CERT_HAS_EXPIRED`.
   */
  code?: string;
  /** The underlying error, with the same `code`. */
  originalError?: Error;
}

/** No complete answer arrived in time after all retries. */
export class TimeoutError extends NetworkError {
  /** The limit that was exceeded, in milliseconds. */
  timeoutDuration?: number;
}

/** The platform failed after all retries (5xx): send the task again later. */
export class ServerError extends InfiniumError {}

/** The agent, prompt or trace does not exist (404). */
export class NotFoundError extends InfiniumError {
  /** What does not exist. */
  resource?: string;
}

/** An option of a client is wrong or missing. */
export class ConfigurationError extends InfiniumError {
  /** The name of the option. */
  configKey?: string;
}

/**
 * A task is larger than {@link MAX_PAYLOAD_SIZE}: found before it was sent, or by the platform
 * (413).
 */
export class PayloadTooLargeError extends InfiniumError {
  /** The size of the task in bytes, if it was found before sending. */
  actualSize?: number;
  /** The maximum size in bytes. */
  maxSize?: number;
}

/** A batch stopped early or was aborted. Tasks that were not sent count as failed. */
export class BatchError extends InfiniumError {
  /** The number of tasks in the batch. */
  totalTasks: number;
  /** The number of tasks that were delivered. */
  successfulTasks: number;
  /** The number of tasks that were not delivered. */
  failedTasks: number;
  /** One line for each failure. */
  errors: string[];
  /** One response for each task, at the same index; none for {@link InfiniumClient.sendAll}. */
  results: ApiResponse[];
  /** Only for {@link InfiniumClient.sendAll}: its first 1,000 failures. */
  failures?: SendAllFailure[];
}

// ── Logging ─────────────────────────────────────────────────────────────────────────────────────

/** A sink for log lines: `console`, pino, or any object with these four methods. */
export interface Logger {
  /** Writes a line that helps to find a bug: each request and answer. */
  debug(message: string): void;
  /** Writes a line of general interest. */
  info(message: string): void;
  /** Writes a line about a problem that was overcome. */
  warn(message: string): void;
  /** Writes a line about a failure. */
  error(message: string): void;
}

/**
 * Sets the sink for the logs of clients with `enableLogging`, and returns a logger that writes to it.
 *
 * ```js
 * const logger = setupLogging(true, 'DEBUG', console);
 * ```
 *
 * @param enabled `false` silences everything. Default true.
 * @param level the lowest level that the returned logger writes. Default `'INFO'`.
 * @param sink the sink. Default stderr, one line each.
 * @throws {@link ConfigurationError} if an argument is wrong
 */
export function setupLogging(
  enabled?: boolean | null,
  level?: LogLevel | null,
  sink?: Logger | null,
): Logger;

// ── Traces by hand ──────────────────────────────────────────────────────────────────────────────

/** The fields of {@link TaskData} that describe the work of one domain. */
export type SectionName =
  | 'timeTracking'
  | 'customer'
  | 'support'
  | 'sales'
  | 'marketing'
  | 'content'
  | 'research'
  | 'project'
  | 'development'
  | 'executive'
  | 'general';

/**
 * Builds a task step by step and measures its times. The clock starts when the builder is created.
 *
 * ```js
 * const trace = new TraceBuilder('Answer a question', 'Looks the answer up').setInputSummary(question);
 * const answer = await trace.step('tool_use', 'Look it up', async (step) => {
 *   const found = await lookUp(question);
 *   step.setInput(question).setOutput(found).recordToolCall('look_up', { httpStatus: 200 });
 *   return found;
 * });
 * await client.sendTaskData(trace.setOutputSummary(answer).setOutcome('success').build());
 * ```
 */
export class TraceBuilder {
  /**
   * @param name not blank, at most 500 characters
   * @param description not blank, at most 10,000 characters
   */
  constructor(name: string, description: string);

  /** Sets the summary of the input. */
  setInputSummary(text: string): this;

  /** Sets the summary of the output. */
  setOutputSummary(text: string): this;

  /** Sets the outcome, for example `success`. */
  setOutcome(outcome: string): this;

  /** Sets the expected outcome. */
  setExpectedOutcome(expected: ExpectedOutcome): this;
  /** The same, with the objective as the first argument. */
  setExpectedOutcome(
    taskObjective: string,
    details?: Omit<ExpectedOutcome, 'taskObjective'> | null,
  ): this;

  /** Sets the environment. The versions of Node.js and of this package are filled in if missing. */
  setEnvironment(environment: EnvironmentContext): this;

  /** Sets the total usage of language models. */
  setLlmUsage(usage: LlmUsage): this;

  /**
   * Sets the section of one domain.
   *
   * ```js
   * trace.setSection('support', { callId: 'C-17', followUpRequired: false });
   * ```
   *
   * @throws {@link ValidationError} if there is no such section
   */
  setSection<K extends SectionName>(name: K, value: NonNullable<TaskData[K]>): this;

  /** Adds an error: an {@link ErrorDetail}, an `Error`, or any thrown value. */
  addError(error: unknown): this;

  /**
   * Starts a step. Steps are numbered in the order of creation. A step is timed until its `end()` or, with
   * `using`, until the end of the block.
   *
   * ```js
   * const step = trace.step('retrieval', 'Read the documents');
   * step.setOutput(await read()).end();
   * ```
   */
  step(action: string, description: string): StepContext;
  /**
   * Runs a function as a step, timed until the function settles. An error that it throws is recorded and
   * thrown again.
   *
   * @returns the result of the function
   */
  step<T>(action: string, description: string, fn: (step: StepContext) => T): T;

  /**
   * Returns the task as it is now: `currentDatetime` is the current time, `duration` the seconds since the
   * clock started, to three decimals. A step that is still open has no `durationMs`. Later changes to the
   * builder do not change the returned task. With `using`, an open step has the time so far.
   */
  build(): TaskData;
}

/**
 * One step of a {@link TraceBuilder}. Lengths count Unicode code points; a text that was cut ends
 * in `...`.
 */
export interface StepContext {
  /** Sets the input: a string as it is, other values as JSON; cut to 500 characters. */
  setInput(input: unknown): this;
  /** Sets the output: a string as it is, other values as JSON; cut to 1500 characters. */
  setOutput(output: unknown): this;
  /** Records the call of a tool; its input is cut to 300 characters, its output to 1500. */
  recordToolCall(toolName: string, details?: Omit<ToolCall, 'toolName'> | null): this;
  /** Records the call of a language model. */
  recordLlmCall(model: string, details?: Omit<LlmCall, 'model'> | null): this;
  /** Adds facts under keys of your own. */
  setMetadata(metadata: Record<string, unknown>): this;
  /**
   * Records the error of the step: an {@link ErrorDetail}, an `Error`, or any thrown value. A stack trace is
   * cut to 1000 characters.
   */
  setError(error: unknown): this;
  /** Stops the clock of the step. Only the first call counts. */
  end(): this;
  /** The same as {@link end}, for `using`; needs a runtime with `Symbol.dispose`. */
  [Symbol.dispose](): void;
}

// ── Automatic traces ────────────────────────────────────────────────────────────────────────────

/** What a text that is about to be sent belongs to. */
export type RedactWhere = 'input' | 'output' | 'error' | 'llmInput' | 'llmOutput';

/** Options of {@link InfiniumClient.trace}. */
export interface TraceOptions {
  /** The task's description: at most 10,000 characters. Default `Auto-traced call to <name>`. */
  description?: string | null | undefined;
  /** Whether the trace is sent. Default true. */
  autoSend?: boolean | null | undefined;
  /**
   * Called with each trace when the function has settled, whether the trace is sent or not. An
   * error that it throws is logged.
   */
  onTrace?: ((task: TaskData) => void) | null | undefined;
  /** Whether a summary of the arguments is recorded, at most 3000 characters. Default true. */
  captureInput?: boolean | null | undefined;
  /** Whether a summary of the result is recorded, at most 8000 characters. Default true. */
  captureOutput?: boolean | null | undefined;
  /**
   * Changes each text before it is sent, for example to remove names: summaries, previews, and messages and
   * stack traces of errors. It is synchronous. If it throws or returns anything other than a string,
   * `[redaction failed]` is sent instead. Default none.
   */
  redact?: ((text: string, where: RedactWhere) => string) | null | undefined;
  /** Tags of the trace, or a function of the arguments that returns them. Default none. */
  tags?: Tags | ((...args: any[]) => Tags | null | undefined) | null | undefined;
  /** The session, as tag `session_id`, or a function of the arguments that returns it. Default none. */
  session?: string | ((...args: any[]) => string | null | undefined) | null | undefined;
  /** The user, as tag `user_id`, or a function of the arguments that returns it. Default none. */
  user?: string | ((...args: any[]) => string | null | undefined) | null | undefined;
  /** The share of these traces that is sent, 0 to 1. Default: {@link ClientConfig.sampleRate}. */
  sampleRate?: number | null | undefined;
  /**
   * Whether the trace lasts until a stream ends that the function returns: a `ReadableStream`, a `Response` with a body,
   * a `Readable` of Node.js, or anything else with asynchronous values. The caller of the function gets another
   * `ReadableStream` or `Response` with the same content then. Default false: the trace ends when the function returns.
   */
  untilStreamEnds?: boolean | null | undefined;
  /**
   * Called when it is known what has become of the trace. An error that it throws is logged. Default none.
   */
  onDelivered?: ((delivery: Delivery, task: TaskData) => void) | null | undefined;
}

/** Tags by their names. */
export type Tags = Record<string, string | number | boolean>;

/** What has become of a trace. */
export type Delivery =
  | {
      /** The platform has confirmed it. */
      success: true;
      /** The id that the platform gave it, for {@link InfiniumClient.waitForInterpretation}. */
      traceId: string | undefined;
      /** The answer of the platform. */
      response: ApiResponse;
    }
  | {
      /** It was not delivered. */
      success: false;
      /** Why it was not delivered. */
      error: InfiniumError;
    };

/**
 * Wraps a function. It is also a decorator of methods and of fields with functions: a standard one, and one of
 * TypeScript's `experimentalDecorators`.
 */
export interface TraceWrapper {
  /** A function, or a method that has a standard decorator. */
  <F extends AnyFunction>(fn: F, context?: object): F;
  /** A field that has a standard decorator. */
  (target: undefined, context: { readonly kind: 'field' }): <F extends AnyFunction>(value: F) => F;
  /** A method that has an experimental decorator. */
  (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<any>): any;
}

/**
 * The trace that runs now. Every method returns the handle, and none throws: a wrong value is logged and left out. After
 * the traced function has settled, they do nothing.
 */
export interface CurrentTrace {
  /** Sets the outcome, for example `success`. */
  setOutcome(outcome: string): this;
  /** Sets the expected outcome. */
  setExpectedOutcome(expected: ExpectedOutcome): this;
  /** The same, with the objective as the first argument. */
  setExpectedOutcome(
    taskObjective: string,
    details?: Omit<ExpectedOutcome, 'taskObjective'> | null,
  ): this;
  /** Sets the section of one domain. */
  setSection<K extends SectionName>(name: K, value: NonNullable<TaskData[K]>): this;
  /** Adds to the environment. */
  setEnvironment(environment: EnvironmentContext): this;
  /** Replaces the summary of the arguments. */
  setInputSummary(text: string): this;
  /** Replaces the summary of the result. */
  setOutputSummary(text: string): this;
  /** Adds an error: an {@link ErrorDetail}, an `Error`, or any thrown value. */
  addError(error: unknown): this;
  /** Adds tags. */
  setTags(tags: Tags): this;
  /** Sets the tag `session_id`. */
  setSession(id: string): this;
  /** Sets the tag `user_id`. */
  setUser(id: string): this;
  /** Adds facts under keys of your own to the metadata of the first step. */
  setMetadata(metadata: Record<string, unknown>): this;
  /** Starts a step, timed until its `end()` or, with `using`, until the end of the block. */
  step(action: string, description: string): StepContext;
  /** Runs a function as a step, and returns its result. Steps that it starts have this one as `parent_step`. */
  step<T>(action: string, description: string, fn: (step: StepContext) => T): T;
  /**
   * What has become of the trace, once that is known. It never rejects. A trace that is not sent has not been
   * delivered.
   *
   * ```js
   * const answer = client.trace('Answer', async (question) => {
   *   const { delivered } = currentTrace();
   *   delivered.then(({ traceId }) => remember(question, traceId));
   *   …
   * });
   * ```
   */
  readonly delivered: Promise<Delivery>;
}

/** Returns the innermost running trace of {@link InfiniumClient.trace}; undefined outside of one. */
export function currentTrace(): CurrentTrace | undefined;

/** Options of {@link traceTool}. */
export interface ToolOptions {
  /** Whether a summary of the arguments is recorded. Default: as in the surrounding trace. */
  captureInput?: boolean | null | undefined;
  /** Whether a summary of the result is recorded. Default: as in the surrounding trace. */
  captureOutput?: boolean | null | undefined;
  /** Facts about every call, under keys of your own. Default none. */
  metadata?: Record<string, unknown> | null | undefined;
}

/** Options of {@link traceStep}. */
export interface StepOptions extends ToolOptions {
  /** The description of the step. Default: the name of the function. */
  description?: string | null | undefined;
}

/**
 * Wraps a function as a tool. Each call within a trace is a step of it (`tool_call`) with the name of the tool, its
 * duration, summaries of its input (300 characters) and output (1,500), its error, and its HTTP status if the result or
 * the error tells one. Outside of a trace the function is just called.
 *
 * ```js
 * const search = traceTool('search', async (query) => { … });
 * ```
 *
 * @throws {@link ValidationError} `field` names the argument or option
 */
export function traceTool<F extends AnyFunction>(name: string, fn: F): F;
/** The same with options. */
export function traceTool<F extends AnyFunction>(
  name: string,
  options: ToolOptions | null | undefined,
  fn: F,
): F;
/** Returns a wrapper, which is also a decorator. */
export function traceTool(name: string, options?: ToolOptions | null): TraceWrapper;

/**
 * Wraps a function as any other kind of step, such as `retrieval` or `guardrail`: with previews of its input (500
 * characters) and output (1,500), its duration and its error.
 *
 * @throws {@link ValidationError} `field` names the argument or option
 */
export function traceStep<F extends AnyFunction>(action: string, fn: F): F;
/** The same with options. */
export function traceStep<F extends AnyFunction>(
  action: string,
  options: StepOptions | null | undefined,
  fn: F,
): F;
/** Returns a wrapper, which is also a decorator. */
export function traceStep(action: string, options?: StepOptions | null): TraceWrapper;

/** Options of {@link watch}. */
export interface WatchOptions {
  /**
   * Whether the beginnings of prompts and answers are recorded, 500 characters each. Images, audio and files are
   * described, not recorded. Default false: then messages of errors are also removed if they may repeat the
   * request or the answer.
   */
  captureContent?: boolean | null | undefined;
}

/**
 * Records the calls of an LLM client in the surrounding trace: model, tokens, latency, errors. Supports the
 * clients of OpenAI (also for servers that speak its protocol), Anthropic, Google Gemini, AWS Bedrock, Mistral,
 * Cohere, Groq, Together and Ollama, LangChain's chat models of OpenAI, and clients of the Model Context Protocol,
 * whose `callTool`, `readResource` and `getPrompt` become steps that the server can join by `traceparent`. It
 * patches this one instance; its methods behave as before, also if another package wraps or instruments it, and
 * outside of a trace nothing is recorded. Other values are returned unchanged, with a warning of the process
 * (`INFINIUM_WATCH`).
 *
 * ```js
 * const openai = watch(new OpenAI());
 * const answer = client.trace('Answer', async (question) => {
 *   const { choices } = await openai.chat.completions.create({ model, messages });
 *   return choices[0].message.content;
 * });
 * ```
 *
 * @returns the same object
 * @throws {@link ValidationError} if an option is wrong
 */
export function watch<T>(client: T, options?: WatchOptions | null): T;
