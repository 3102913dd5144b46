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
  // The same as in newer standard libraries, for compilers that were given an older one: they merge.
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

/** Tasks in one batch at most: 100. */
export const MAX_BATCH_SIZE: 100;
/** Characters (Unicode code points) in a task's name at most: 500. */
export const MAX_NAME_LENGTH: 500;
/** Characters (Unicode code points) in a task's description at most: 10,000. */
export const MAX_DESCRIPTION_LENGTH: 10000;
/** Bytes in an encoded task at most: 1,048,576. */
export const MAX_PAYLOAD_SIZE: 1048576;
/** The version of this package. */
export const VERSION: string;

/** Now, in ISO 8601: UTC, to the millisecond, with `Z`, as in `2026-01-31T09:30:00.000Z`. */
export function getCurrentIsoDatetime(): string;

// ── Configuration ───────────────────────────────────────────────────────────────────────────────

/** How important a log line is. */
export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/**
 * How a client is set up. `null` and `undefined` mean the default. A wrong option throws a
 * {@link ConfigurationError} from the constructor.
 */
export interface ClientConfig {
  /**
   * The agent: printable ASCII, at least 3 characters; on the hosted platform a UUID.
   * Default: the environment variable `INFINIUM_AGENT_ID`.
   */
  agentId?: string | null | undefined;
  /**
   * The agent's secret: at least 8 characters, legal in an HTTP header. It shows in no error, log or
   * inspection. Default: the environment variable `INFINIUM_AGENT_SECRET`.
   */
  agentSecret?: string | null | undefined;
  /**
   * Absolute http or https URL without credentials, query or fragment. Plain http to another machine
   * emits a process warning. Default: the environment variable `INFINIUM_BASE_URL`, else
   * `https://platform.i42m.ai/api/v1`.
   */
  baseUrl?: string | null | undefined;
  /** Milliseconds for one attempt, from connecting to the last byte; more than 0. Default 30000. */
  timeout?: number | null | undefined;
  /** Attempts after the first: a whole number, 0 to 100. Default 3. */
  maxRetries?: number | null | undefined;
  /** Whether `requestsPerSecond` is kept to. Default true. */
  enableRateLimiting?: boolean | null | undefined;
  /** Requests that may start per second, with bursts of twice as many; more than 0. Default 10. */
  requestsPerSecond?: number | null | undefined;
  /** What the client calls itself. Default `infinium-node/<version>`. */
  userAgent?: string | null | undefined;
  /** Whether requests, answers, waits, retries and errors are logged. Default false. */
  enableLogging?: boolean | null | undefined;
  /** From which level on they are logged. Default `'INFO'`. */
  logLevel?: LogLevel | null | undefined;
  /** Requests in flight at most: a whole number, 1 or more. Default 32. */
  maxConcurrency?: number | null | undefined;
  /** Milliseconds before the first retry; each further wait is twice as long. Default 1000. */
  retryDelay?: number | null | undefined;
  /** The longest wait before a retry, in milliseconds. Default 60000. */
  maxRetryDelay?: number | null | undefined;
  /**
   * The longest wait that the platform may ask for with `Retry-After`, in milliseconds; above it the
   * error is given at once. Default 60000.
   */
  maxRetryAfter?: number | null | undefined;
  /**
   * Whether to wait and try again on status 429: `true` everywhere, `false` nowhere.
   * Default: in batches and in the background, but not for single sends.
   */
  retryOnRateLimit?: boolean | null | undefined;
  /** Certificates in PEM that are trusted beside the public ones. Default none. */
  caCertificates?: string | string[] | null | undefined;
  /**
   * Bytes that tasks in the background ({@link InfiniumClient.enqueue}, {@link InfiniumClient.trace}) may
   * take in memory, about 600 for each included. Default 67108864 (64 MiB).
   */
  maxQueueBytes?: number | null | undefined;
  /**
   * What is dropped when that is used up: the tasks that have waited longest, or the new one. Drops are
   * counted in {@link InfiniumClient.stats}, and each burst of them is logged once. Default `'dropOldest'`.
   */
  queuePolicy?: 'dropOldest' | 'dropNewest' | null | undefined;
  /**
   * A directory where tasks are kept until the platform has confirmed them, so that they outlive the
   * process: the next client with this directory, agent and base URL delivers them. It holds whole
   * tasks, in files for this user only (mode 0600). Many processes may share it. Default none.
   */
  spoolDir?: string | null | undefined;
  /**
   * Bytes that the tasks of this client may take in {@link spoolDir}, with those that it takes over from
   * processes that are gone; what does not fit is kept in memory only. Default 268435456 (256 MiB).
   */
  maxSpoolBytes?: number | null | undefined;
  /**
   * Whether a task in {@link spoolDir} outlives a loss of power too: then each waits for the disk, on the
   * main thread. Otherwise it outlives anything that ends the process. Default false.
   */
  spoolSync?: boolean | null | undefined;
  /**
   * How long the end of the process waits for pending tasks, in milliseconds: when nothing else is left
   * to do, at `process.exit()`, an uncaught error, SIGTERM and SIGINT. 0 does not wait at all.
   * Default 2000.
   */
  exitTimeout?: number | null | undefined;
}

/** What this package needs of an `AbortSignal`. */
export interface AbortSignalLike {
  /** Whether it was aborted already. */
  readonly aborted: boolean;
  /** Why; what the promise rejects with. */
  readonly reason?: any;
  /** Begins to tell a listener. */
  addEventListener(type: 'abort', listener: () => void): void;
  /** Stops telling it. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Options of a single call. */
export interface SendOptions {
  /** Cancels the request; the promise rejects with the signal's reason. */
  signal?: AbortSignalLike | null | undefined;
  /**
   * Milliseconds for the whole call, all attempts and waits together; more than 0. The promise rejects
   * with a {@link TimeoutError}, and what is in flight is cancelled. Default none.
   */
  deadline?: number | null | undefined;
}

/** Options of a batch. */
export interface BatchOptions {
  /** Cancels the batch; the promise rejects with a {@link BatchError} whose cause is the reason. */
  signal?: AbortSignalLike | null | undefined;
  /**
   * Milliseconds for the whole batch; more than 0. The promise rejects with a {@link BatchError} whose
   * cause is a {@link TimeoutError}, and what is in flight is cancelled. Default none.
   */
  deadline?: number | null | undefined;
  /** Called after each task that is done, whether it succeeded or not. */
  onProgress?: ((done: number, total: number) => void) | null | undefined;
}

/** Options of {@link InfiniumClient.flush} and {@link InfiniumClient.close}. */
export interface FlushOptions {
  /**
   * Milliseconds to wait; 0 only asks. Default: as long as anything is delivered, and 30 seconds when the
   * platform does not answer.
   */
  timeout?: number | null | undefined;
}

/** Options of {@link InfiniumClient.waitForInterpretation}. */
export interface WaitOptions {
  /** Milliseconds until a {@link TimeoutError}; more than 0. Default 120000. */
  timeout?: number | null | undefined;
  /** Milliseconds between two looks; more than 0. Default 3000. */
  pollInterval?: number | null | undefined;
  /** Stops waiting; the promise rejects with the signal's reason. */
  signal?: AbortSignalLike | null | undefined;
}

// ── What is reported ────────────────────────────────────────────────────────────────────────────

/**
 * One piece of an agent's work.
 *
 * A `Date` counts as its ISO string; fields that are null or undefined are left out. Fields that are
 * not documented here are sent as well, after the others, under their name in snake_case. The compiler
 * takes them for misspellings, so declare them:
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
  /** What it was about: not blank, at most 10,000 characters. */
  description: string;
  /** When: ISO 8601 with a time, years 1900 to 2100; with `Z`, an offset, or neither. */
  currentDatetime: string | Date;
  /** How long it took: seconds, 0 to 86,400. */
  duration: number;
  /** What went in. */
  inputSummary?: string | null | undefined;
  /** What came out. */
  outputSummary?: string | null | undefined;
  /** How it ended, for instance `success`. */
  outcome?: string | null | undefined;
  /** What should have come out. */
  expectedOutcome?: ExpectedOutcome | null | undefined;
  /** The steps, in order. */
  steps?: ExecutionStep[] | null | undefined;
  /** What went wrong. */
  errors?: ErrorDetail[] | null | undefined;
  /** What the language models used. */
  llmUsage?: LlmUsage | null | undefined;
  /** When the work began and ended. */
  timeTracking?: TimeTracking | null | undefined;
  /** Whom it was for. */
  customer?: Customer | null | undefined;
  /** A support case. */
  support?: Support | null | undefined;
  /** A sale. */
  sales?: Sales | null | undefined;
  /** A campaign. */
  marketing?: Marketing | null | undefined;
  /** A piece of content. */
  content?: Content | null | undefined;
  /** An investigation. */
  research?: Research | null | undefined;
  /** A project. */
  project?: Project | null | undefined;
  /** Software development. */
  development?: Development | null | undefined;
  /** A meeting. */
  executive?: Executive | null | undefined;
  /** Anything else. */
  general?: General | null | undefined;
  /** Where it ran. */
  environment?: EnvironmentContext | null | undefined;
  /** Which prompts it fetched; a trace fills this in. */
  promptStudio?: PromptStudio | null | undefined;
}

/** The fields of `sendTask`: a task whose `currentDatetime` may be missing. It is filled in then. */
export type TaskFields = Omit<TaskData, 'currentDatetime'> &
  Partial<Pick<TaskData, 'currentDatetime'>>;

/** One step of the work. */
export interface ExecutionStep {
  /** Its place, from 1. */
  stepNumber: number;
  /** What kind of step, for instance `tool_use` or `llm_call`. */
  action: string;
  /** What it did. */
  description: string;
  /** How long it took, in milliseconds. */
  durationMs?: number | null | undefined;
  /** The beginning of what went in. */
  inputPreview?: string | null | undefined;
  /** The beginning of what came out. */
  outputPreview?: string | null | undefined;
  /** Why it failed. */
  error?: ErrorDetail | null | undefined;
  /** The tool it called. */
  toolCall?: ToolCall | null | undefined;
  /** The language model it called. */
  llmCall?: LlmCall | null | undefined;
  /** Anything else, under keys of your own; sent exactly as given. */
  metadata?: Record<string, unknown> | null | undefined;
}

/** Something that went wrong. */
export interface ErrorDetail {
  /** Its class, for instance `TypeError`. */
  errorType: string;
  /** What it said. */
  message: string;
  /** Whether the work could go on. */
  recoverable?: boolean | null | undefined;
  /** How often it was tried again. */
  retryCount?: number | null | undefined;
  /** Where it happened. */
  stackTrace?: string | null | undefined;
  /** Its code, for instance `ECONNRESET`. */
  errorCode?: string | null | undefined;
}

/** A call of a tool. */
export interface ToolCall {
  /** Which tool. */
  toolName: string;
  /** How long it took, in milliseconds. */
  durationMs?: number | null | undefined;
  /** What it was given. */
  inputSummary?: string | null | undefined;
  /** What it answered. */
  outputSummary?: string | null | undefined;
  /** Why it failed. */
  error?: ErrorDetail | null | undefined;
  /** The status of its answer, if it spoke HTTP. */
  httpStatus?: number | null | undefined;
}

/** A call of a language model. */
export interface LlmCall {
  /** Which model. */
  model: string;
  /** Whose model. */
  provider?: string | null | undefined;
  /** Tokens read. */
  promptTokens?: number | null | undefined;
  /** Tokens written. */
  completionTokens?: number | null | undefined;
  /** How long it took, in milliseconds. */
  latencyMs?: number | null | undefined;
  /** The sampling temperature. */
  temperature?: number | null | undefined;
  /** What the call was for. */
  purpose?: string | null | undefined;
}

/** What the language models of a task used, together. */
export interface LlmUsage {
  /** Which model, or `multiple`. */
  model?: string | null | undefined;
  /** Whose model, or `multiple`. */
  provider?: string | null | undefined;
  /** Tokens read. */
  promptTokens?: number | null | undefined;
  /** Tokens written. */
  completionTokens?: number | null | undefined;
  /** Tokens read and written. */
  totalTokens?: number | null | undefined;
  /** What it cost, in US dollars. */
  estimatedCostUsd?: number | null | undefined;
  /** How many calls there were. */
  apiCallsCount?: number | null | undefined;
  /** How long they took together, in milliseconds. */
  totalLatencyMs?: number | null | undefined;
  /** The calls. */
  calls?: LlmCall[] | null | undefined;
}

/** What a task should have come to. */
export interface ExpectedOutcome {
  /** The aim. */
  taskObjective: string;
  /** What had to be delivered. */
  requiredDeliverables?: string[] | null | undefined;
  /** What had to be kept to. */
  constraints?: string[] | null | undefined;
  /** How to tell that it succeeded. */
  acceptanceCriteria?: string[] | null | undefined;
}

/** Where a task ran. */
export interface EnvironmentContext {
  /** The agent framework. */
  framework?: string | null | undefined;
  /** Its version. */
  frameworkVersion?: string | null | undefined;
  /** The version of Node.js, without `v`. */
  nodeVersion?: string | null | undefined;
  /** The version of Python. */
  pythonVersion?: string | null | undefined;
  /** The version of this package. */
  sdkVersion?: string | null | undefined;
  /** The runtime, for instance `node`. */
  runtime?: string | null | undefined;
  /** The region, for instance `eu-west-1`. */
  region?: string | null | undefined;
  /** Anything else, under keys of your own; sent exactly as given. */
  customTags?: Record<string, unknown> | null | undefined;
}

/** The prompts that a task fetched. */
export interface PromptStudio {
  /** In the order of fetching. */
  promptsUsed?: PromptUse[] | null | undefined;
}

/** A prompt that a task fetched. */
export interface PromptUse {
  /** Its id. */
  promptId: string;
  /** Its name. */
  promptName?: string | null | undefined;
  /** Its version. */
  version?: string | number | null | undefined;
  /** Where it came from: `prompt_studio`. */
  source?: string | null | undefined;
  /** The names of the variables that were filled in; null if there were none. */
  variablesUsed?: string[] | null | undefined;
  /** When, in ISO 8601. */
  fetchedAt?: string | null | undefined;
}

/** When the work began and ended. */
export interface TimeTracking {
  /** When it began, in ISO 8601. */
  startTime?: string | Date | null | undefined;
  /** When it ended, in ISO 8601. */
  endTime?: string | Date | null | undefined;
}

/** Whom the work was for. */
export interface Customer {
  /** Their name. */
  customerName?: string | null | undefined;
  /** Their e-mail address. */
  customerEmail?: string | null | undefined;
  /** Their telephone number. */
  customerPhone?: string | null | undefined;
  /** Their address. */
  customerAddress?: string | null | undefined;
  /** Their company. */
  clientCompany?: string | null | undefined;
  /** Their company's industry. */
  clientIndustry?: string | null | undefined;
}

/** A support case. */
export interface Support {
  /** Its id. */
  callId?: string | null | undefined;
  /** What the issue was. */
  issueDescription?: string | null | undefined;
  /** Its kind. */
  issueType?: string | null | undefined;
  /** How it was solved. */
  resolution?: string | null | undefined;
  /** Its priority. */
  priority?: string | null | undefined;
  /** Whether somebody has to come back to it. */
  followUpRequired?: boolean | null | undefined;
  /** Notes. */
  agentNotes?: string | null | undefined;
}

/** A sale. */
export interface Sales {
  /** Where the lead came from. */
  leadSource?: string | null | undefined;
  /** How far it is. */
  salesStage?: string | null | undefined;
  /** What it is worth. */
  dealValue?: number | null | undefined;
  /** The share of leads that buy. */
  conversionRate?: number | null | undefined;
  /** Notes. */
  salesNotes?: string | null | undefined;
}

/** A campaign. */
export interface Marketing {
  /** Its name. */
  campaignName?: string | null | undefined;
  /** Its kind. */
  campaignType?: string | null | undefined;
  /** Whom it addresses. */
  targetAudience?: string | null | undefined;
  /** Where it runs. */
  marketingChannel?: string | null | undefined;
  /** How people engaged. */
  engagementMetrics?: string | null | undefined;
  /** How many converted. */
  conversionMetrics?: string | null | undefined;
}

/** A piece of content. */
export interface Content {
  /** Its kind. */
  contentType?: string | null | undefined;
  /** Its format. */
  contentFormat?: string | null | undefined;
  /** Its length. */
  contentLength?: number | null | undefined;
  /** Its topic. */
  contentTopic?: string | null | undefined;
  /** Where it is published. */
  targetPlatform?: string | null | undefined;
}

/** An investigation. */
export interface Research {
  /** Its topic. */
  researchTopic?: string | null | undefined;
  /** How it was done. */
  researchMethod?: string | null | undefined;
  /** What it drew on. */
  dataSources?: string | string[] | null | undefined;
  /** What was found. */
  researchFindings?: string | null | undefined;
  /** The kind of analysis. */
  analysisType?: string | null | undefined;
  /** How many sources were consulted. */
  sourcesConsulted?: number | null | undefined;
  /** The main findings. */
  keyFindings?: string[] | null | undefined;
  /** How sure they are. */
  confidenceLevel?: string | null | undefined;
  /** How good the data is. */
  dataQuality?: string | null | undefined;
}

/** A project. */
export interface Project {
  /** Its name. */
  projectName?: string | null | undefined;
  /** Its phase. */
  projectPhase?: string | null | undefined;
  /** What it delivers. */
  deliverables?: string | string[] | null | undefined;
  /** Who has a stake in it. */
  stakeholders?: string | string[] | null | undefined;
  /** Its state. */
  projectStatus?: string | null | undefined;
  /** The milestone that was reached. */
  milestoneAchieved?: string | null | undefined;
  /** The priority of this task. */
  taskPriority?: string | null | undefined;
  /** The share of its means in use. */
  resourceUtilization?: number | null | undefined;
  /** Its risks. */
  riskAssessment?: string | null | undefined;
  /** What holds it up. */
  blockers?: string[] | null | undefined;
}

/** Software development. */
export interface Development {
  /** The language. */
  programmingLanguage?: string | null | undefined;
  /** The framework. */
  frameworkUsed?: string | null | undefined;
  /** How many bugs were found. */
  bugsFound?: number | null | undefined;
  /** How many were fixed. */
  bugsFixed?: number | null | undefined;
  /** The share of code under test, in percent. */
  testCoverage?: number | null | undefined;
  /** Measurements, as text or under keys of your own. */
  performanceMetrics?: string | Record<string, unknown> | null | undefined;
  /** How far deployment is. */
  deploymentStatus?: string | null | undefined;
  /** What was left undone. */
  technicalDebt?: string | null | undefined;
  /** The files that changed. */
  filesModified?: string[] | null | undefined;
  /** How many tests were run. */
  testsRun?: number | null | undefined;
  /** How many passed. */
  testsPassed?: number | null | undefined;
}

/** A meeting. */
export interface Executive {
  /** Its kind. */
  meetingType?: string | null | undefined;
  /** How many attended. */
  attendeesCount?: number | null | undefined;
  /** What was on the agenda. */
  agendaItems?: string | string[] | null | undefined;
  /** What is to be done. */
  actionItems?: string | string[] | null | undefined;
  /** How many conflicts there were. */
  calendarConflicts?: number | null | undefined;
  /** What was decided. */
  decisionsMade?: string[] | null | undefined;
}

/** Anything else. */
export interface General {
  /** The tools that were used. */
  toolsUsed?: string | string[] | null | undefined;
  /** Notes. */
  agentNotes?: string | null | undefined;
  /** What went wrong on the way. */
  errorsEncountered?: ErrorDetail[] | null | undefined;
  /** How often something was tried again. */
  retries?: number | null | undefined;
  /** Warnings. */
  warnings?: string[] | null | undefined;
  /** The services that were called. */
  externalApisCalled?: string[] | null | undefined;
  /** The data that was read. */
  dataSourcesAccessed?: string[] | null | undefined;
  /** Tags. */
  tags?: string[] | null | undefined;
}

// ── What comes back ─────────────────────────────────────────────────────────────────────────────

/** What the platform answered. */
export interface ApiResponse<T = any> {
  /** Whether the call had its effect. */
  success: boolean;
  /** The status of the answer; missing if there was none. */
  statusCode?: number;
  /** What the platform said, `Success` if it said nothing, or why the task failed. */
  message: string;
  /** The platform's JSON as it came; on success with the `traceId`. Missing if there was none. */
  data?: T;
  /** In a failed entry of a batch: the error that a single send would have thrown. */
  error?: InfiniumError;
}

/** What became of a batch. */
export interface BatchResult<T = any> {
  /** How many tasks it had. */
  totalTasks: number;
  /** How many were delivered. */
  successfulTasks: number;
  /** How many were not. */
  failedTasks: number;
  /** One response for each task, at the same index. */
  results: ApiResponse<T>[];
  /** One line for each failure, in the order of the tasks, naming the task's index and name. */
  errors: string[];
}

/** A prompt that is kept on the platform. */
export interface PromptContent {
  /** Its id. */
  promptId: string;
  /** Its name. */
  name?: string;
  /** The version that was found. */
  version: string | number;
  /** Its text, with placeholders such as `{{name}}`. */
  content: string;
  /** When this version was made. */
  createdAt?: string;
  /** Its text with the variables filled in; only if variables were given. */
  renderedContent?: string;
}

/**
 * What became of every task of a client, all of one instant: `submitted` is the sum of `delivered`,
 * `failed`, `dropped` and `pending`.
 */
export interface ClientStats {
  /** Tasks that were handed over, in whatever way. */
  submitted: number;
  /** Tasks that the platform confirmed. */
  delivered: number;
  /** Tasks that were refused, or failed after all retries. */
  failed: number;
  /** The same, by the name of the error. */
  failedByError: Record<string, number>;
  /** Tasks that were given up. */
  dropped: number;
  /**
   * The same, by the reason: `queueFull`, `closed` (before they were delivered), `leftInSpool` (closed as
   * well, but the next process delivers them) or `abandoned`.
   */
  droppedByReason: Record<string, number>;
  /** Tasks without an outcome yet. */
  pending: number;
  /** How long the oldest of them has been pending, in milliseconds; 0 if there is none. */
  oldestAgeMs: number;
  /** Bytes that tasks in the background take in memory. */
  bytes: number;
  /** Requests that are under way, of whatever kind. */
  inFlight: number;
  /** Attempts after the first. */
  retries: number;
  /** Times that a request had to wait for the rate limit. */
  limiterWaits: number;
  /** What is in {@link ClientConfig.spoolDir}. */
  spool: {
    /** Tasks on disk. */
    tasks: number;
    /** Bytes on disk. */
    bytes: number;
    /** Tasks that were taken over from processes that are gone. */
    adopted: number;
    /** Files that were no whole tasks, and were set aside in a directory `corrupt`. */
    corrupted: number;
    /** Tasks that are in memory only, because they did not fit or the disk failed. */
    refused: number;
  };
}

// ── Clients ─────────────────────────────────────────────────────────────────────────────────────

/** Any function at all, and any class. */
type AnyFunction = ((...args: any[]) => any) | (abstract new (...args: any[]) => any);

/** What both clients do alike. */
declare abstract class Client {
  /** @throws {@link ConfigurationError} if an option is wrong or missing. Nothing is sent. */
  constructor(config?: ClientConfig | null);

  /**
   * Sends one task; `currentDatetime` is filled in if it is missing.
   *
   * The task is read before this returns: later changes to it have no effect.
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
   * Hands a task over and goes on: it is delivered in the background, within the rate limit, and tried
   * again for as long as the platform does not answer. `currentDatetime` is filled in if it is missing.
   *
   * ```js
   * client.enqueue({ name: 'Greet', description: 'Said hello', duration: 0.1 });
   * ```
   *
   * @returns whether there was room for it ({@link ClientConfig.maxQueueBytes}); what becomes of it later
   *   is counted in {@link stats}
   * @throws {@link ValidationError} or {@link PayloadTooLargeError} if the task is wrong,
   *   {@link InfiniumError} if the client is closed
   */
  enqueue(task: TaskFields): boolean;

  /**
   * What became of every task so far.
   *
   * ```js
   * const { delivered, dropped, pending } = client.stats();
   * ```
   */
  stats(): ClientStats;

  /**
   * Looks once for what the platform made of a trace. If it is not ready, or the trace is not known,
   * the response has `success: false`.
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
   * Looks again and again until the interpretation of a trace is ready.
   *
   * ```js
   * const { data } = await client.waitForInterpretation(traceId, { timeout: 60_000 });
   * ```
   *
   * Rejects with {@link TimeoutError} at the deadline, which also cuts a request in flight.
   */
  waitForInterpretation<T = any>(
    traceId: string,
    options?: WaitOptions | null,
  ): Promise<ApiResponse<T>>;
  /** The same, with the timeout and the interval in milliseconds. */
  waitForInterpretation<T = any>(
    traceId: string,
    timeoutMs?: number,
    pollIntervalMs?: number,
  ): Promise<ApiResponse<T>>;

  /**
   * Fetches a prompt. With `variables`, placeholders such as `{{name}}` are filled in as
   * `renderedContent`; unknown ones stay.
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
   * Wraps a function so that each of its calls is a trace, sent in the background: what went in and
   * out, how long it took, what it threw, the calls of watched LLM clients ({@link watch}) and the
   * prompts it fetched. The wrapped function behaves exactly like the original; generators and classes
   * are returned as they are.
   *
   * ```js
   * const answer = client.trace('Answer', async (question) => { … });
   * const reply = await answer('How high is Mont Blanc?');
   * await client.flush();
   * ```
   *
   * A trace that is refused is logged, never thrown; {@link flush} waits for all of them, and so does the end
   * of the process.
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
  trace(name: string, options?: TraceOptions | null): <F extends AnyFunction>(fn: F) => F;

  /** Now, in ISO 8601: UTC, to the millisecond, with `Z`. */
  getCurrentIsoDatetime(): string;

  /**
   * Waits until nothing is in flight, what is in the background included.
   *
   * ```js
   * if (!(await client.flush({ timeout: 1_000 }))) console.warn('traces are late', client.stats());
   * ```
   *
   * @returns whether everything is done; `false` when the time was over
   */
  flush(options?: FlushOptions | null): Promise<boolean>;

  /**
   * Waits like {@link flush}, then gives up what is left and closes all connections. Later calls reject.
   * What is in {@link ClientConfig.spoolDir} stays there for the next process.
   *
   * @returns whether everything was done
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
   * Sends 1 to 100 tasks, one after another, in order. All are read before this returns.
   *
   * A task that fails does not stop the others. A batch without hope rejects with
   * {@link BatchError}: credentials refused, agent unknown, three tasks in a row (or all of fewer)
   * without an answer after all retries, or the signal aborted. A wrong number of tasks rejects with
   * {@link ValidationError}, and nothing is sent.
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

/** Every error of this package is one of these. Also used for itself: any other status. */
export class InfiniumError extends Error {
  constructor(message: string, init?: { statusCode?: number; details?: object; cause?: unknown });
  /** The status of the platform's answer. */
  statusCode?: number;
  /** The platform's answer, if it was JSON. */
  details?: { responseData?: any };
  cause?: unknown;
}

/** The platform refused the credentials: 401 or 403. Check `agentId` and `agentSecret`. */
export class AuthenticationError extends InfiniumError {}

/** A task or argument is wrong: found before anything was sent, or by the platform (400, 422). */
export class ValidationError extends InfiniumError {
  /** The path to what is wrong, as in `steps[2].llmCall.model`. */
  field?: string;
}

/** The platform asked to slow down: 429. */
export class RateLimitError extends InfiniumError {
  /** Seconds to wait, if the platform told. */
  retryAfter?: number;
}

/** No complete answer arrived, after all retries. */
export class NetworkError extends InfiniumError {
  /** What went wrong underneath; with a `code` such as `ECONNREFUSED` where there is one. */
  originalError?: Error;
}

/** No complete answer arrived in time, after all retries. */
export class TimeoutError extends NetworkError {
  /** The limit that ran out, in milliseconds. */
  timeoutDuration?: number;
}

/** The platform failed, after all retries: 5xx. */
export class ServerError extends InfiniumError {}

/** There is no such thing: 404. */
export class NotFoundError extends InfiniumError {
  /** What does not exist. */
  resource?: string;
}

/** An option of a client is wrong. */
export class ConfigurationError extends InfiniumError {
  /** Which option. */
  configKey?: string;
}

/** A task is larger than {@link MAX_PAYLOAD_SIZE}: found before it was sent, or by the platform (413). */
export class PayloadTooLargeError extends InfiniumError {
  /** The size in bytes of what was refused before it was sent. */
  actualSize?: number;
  /** The size in bytes that is allowed. */
  maxSize?: number;
}

/** A batch had no hope, or was aborted. Tasks that were not sent count as failed. */
export class BatchError extends InfiniumError {
  /** How many tasks it had. */
  totalTasks: number;
  /** How many were delivered. */
  successfulTasks: number;
  /** How many were not. */
  failedTasks: number;
  /** One line for each failure. */
  errors: string[];
  /** One response for each task, at the same index. */
  results: ApiResponse[];
}

// ── Logging ─────────────────────────────────────────────────────────────────────────────────────

/** Takes log lines: console, pino, or anything with these four methods. */
export interface Logger {
  /** Takes what helps to find a mistake: every request and answer. */
  debug(message: string): void;
  /** Takes what is good to know. */
  info(message: string): void;
  /** Takes what went wrong but was overcome. */
  warn(message: string): void;
  /** Takes what went wrong. */
  error(message: string): void;
}

/**
 * Sets where the logs of clients with `enableLogging` go, and the level of the logger that it returns.
 *
 * ```js
 * const logger = setupLogging(true, 'DEBUG', console);
 * ```
 *
 * @param enabled false silences everything. Default true.
 * @param level of the returned logger. Default `'INFO'`.
 * @param sink where lines go. Default stderr, one line each.
 * @throws {@link ConfigurationError}
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
 * Builds a task step by step, with its times taken. The clock starts when it is made.
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

  /** Sets what went in. */
  setInputSummary(text: string): this;

  /** Sets what came out. */
  setOutputSummary(text: string): this;

  /** Sets how it ended, for instance `success`. */
  setOutcome(outcome: string): this;

  /** Sets what should have come out. */
  setExpectedOutcome(expected: ExpectedOutcome): this;
  /** The same, with the aim first. */
  setExpectedOutcome(
    taskObjective: string,
    details?: Omit<ExpectedOutcome, 'taskObjective'> | null,
  ): this;

  /** Sets where it runs. The versions of Node.js and of this package are filled in if missing. */
  setEnvironment(environment: EnvironmentContext): this;

  /** Sets what the language models used, together. */
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

  /** Adds something that went wrong: an {@link ErrorDetail}, an `Error`, or whatever was thrown. */
  addError(error: unknown): this;

  /**
   * Begins a step. It is numbered in the order of creation, and timed until its `end()` or, with
   * `using`, the end of the block.
   *
   * ```js
   * const step = trace.step('retrieval', 'Read the documents');
   * step.setOutput(await read()).end();
   * ```
   */
  step(action: string, description: string): StepContext;
  /**
   * Runs a function as a step: timed until it settles. What it throws is recorded and thrown again.
   *
   * @returns what the function returned
   */
  step<T>(action: string, description: string, fn: (step: StepContext) => T): T;

  /**
   * The task as it is now: `currentDatetime` is this moment, `duration` the seconds since the clock
   * started, to three decimals. A step that is still open has no `durationMs`. Later changes to the
   * builder have no effect on it.
   */
  build(): TaskData;
}

/** One step of a {@link TraceBuilder}. Lengths count Unicode code points; a cut text ends in `...`. */
export interface StepContext {
  /** Sets what went in, as it is if it is a string, else as JSON; cut to 500 characters. */
  setInput(input: unknown): this;
  /** Sets what came out, as it is if it is a string, else as JSON; cut to 1500 characters. */
  setOutput(output: unknown): this;
  /** Records the tool that it called; its input is cut to 300 characters, its output to 1500. */
  recordToolCall(toolName: string, details?: Omit<ToolCall, 'toolName'> | null): this;
  /** Records the language model that it called. */
  recordLlmCall(model: string, details?: Omit<LlmCall, 'model'> | null): this;
  /** Adds to what is kept under keys of your own. */
  setMetadata(metadata: Record<string, unknown>): this;
  /**
   * Records why it failed: an {@link ErrorDetail}, an `Error`, or whatever was thrown. A stack trace is
   * cut to 1000 characters.
   */
  setError(error: unknown): this;
  /** Stops its clock. Only the first call counts. */
  end(): this;
  /** The same as {@link end}, for `using`; where the runtime has `Symbol.dispose`. */
  [Symbol.dispose](): void;
}

// ── Traces by themselves ────────────────────────────────────────────────────────────────────────

/** What a text that is about to be reported is part of. */
export type RedactWhere = 'input' | 'output' | 'error' | 'llmInput' | 'llmOutput';

/** Options of {@link InfiniumClient.trace}. */
export interface TraceOptions {
  /** The task's description. Default `Auto-traced call to <name>`. */
  description?: string | null | undefined;
  /** Whether the trace is sent. Default true. */
  autoSend?: boolean | null | undefined;
  /** Called with each trace when the function has settled, sent or not. What it throws is logged. */
  onTrace?: ((task: TaskData) => void) | null | undefined;
  /** Whether arguments are reported, at most 3000 characters of them. Default true. */
  captureInput?: boolean | null | undefined;
  /** Whether results are reported, at most 8000 characters of them. Default true. */
  captureOutput?: boolean | null | undefined;
  /**
   * Changes every text before it is reported, for instance to take names out of it: summaries, previews,
   * messages and stack traces of errors. If it throws or returns something else than a string,
   * `[redaction failed]` is reported in its place.
   */
  redact?: ((text: string, where: RedactWhere) => string) | null | undefined;
}

/** Options of {@link watch}. */
export interface WatchOptions {
  /**
   * Whether the beginnings of prompts and answers are reported, 500 characters each. Default false: then errors
   * of calls do not tell what repeats the request or cannot be parsed either.
   */
  captureContent?: boolean | null | undefined;
}

/**
 * Lets a client of OpenAI (and xAI), Anthropic or Google Gemini tell the surrounding trace what its
 * calls used: model, tokens, time, errors. It patches this one instance; its methods behave as before,
 * and outside of a trace nothing is recorded. Other values are returned as they are, with a warning.
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
