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
  // The same as in newer standard libraries, for compilers that were given an older one.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
    readonly asyncDispose: unique symbol;
  }
}

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
  agentId?: string | null;
  /**
   * The agent's secret: at least 8 characters, legal in an HTTP header. It shows in no error, log or
   * inspection. Default: the environment variable `INFINIUM_AGENT_SECRET`.
   */
  agentSecret?: string | null;
  /**
   * Absolute http or https URL without credentials, query or fragment. Plain http to another machine
   * emits a process warning. Default: the environment variable `INFINIUM_BASE_URL`, else
   * `https://platform.i42m.ai/api/v1`.
   */
  baseUrl?: string | null;
  /** Milliseconds for one attempt, from connecting to the last byte; more than 0. Default 30000. */
  timeout?: number | null;
  /** Attempts after the first: a whole number, 0 to 100. Default 3. */
  maxRetries?: number | null;
  /** Whether `requestsPerSecond` is kept to. Default true. */
  enableRateLimiting?: boolean | null;
  /** Requests that may start per second, with bursts of twice as many; more than 0. Default 10. */
  requestsPerSecond?: number | null;
  /** What the client calls itself. Default `infinium-node/<version>`. */
  userAgent?: string | null;
  /** Whether requests, answers, waits, retries and errors are logged. Default false. */
  enableLogging?: boolean | null;
  /** From which level on they are logged. Default `'INFO'`. */
  logLevel?: LogLevel | null;
  /** Requests in flight at most: a whole number, 1 or more. Default 32. */
  maxConcurrency?: number | null;
  /** Milliseconds before the first retry; each further wait is twice as long. Default 1000. */
  retryDelay?: number | null;
  /** The longest wait before a retry, in milliseconds. Default 60000. */
  maxRetryDelay?: number | null;
  /**
   * The longest wait that the platform may ask for with `Retry-After`, in milliseconds; above it the
   * error is given at once. Default 60000.
   */
  maxRetryAfter?: number | null;
  /**
   * Whether to wait and try again on status 429: `true` everywhere, `false` nowhere.
   * Default: in batches, but not for single sends.
   */
  retryOnRateLimit?: boolean | null;
  /** Certificates in PEM that are trusted beside the public ones. Default none. */
  caCertificates?: string | string[] | null;
}

/** What this package needs of an `AbortSignal`. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: any;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Options of a single send. */
export interface SendOptions {
  /** Cancels the request; the promise rejects with the signal's reason. */
  signal?: AbortSignalLike | null;
}

/** Options of a batch. */
export interface BatchOptions {
  /** Cancels the batch; the promise rejects with a {@link BatchError} whose cause is the reason. */
  signal?: AbortSignalLike | null;
  /** Called after each task that is done, whether it succeeded or not. */
  onProgress?: ((done: number, total: number) => void) | null;
}

/** Options of {@link InfiniumClient.waitForInterpretation}. */
export interface WaitOptions {
  /** Milliseconds until a {@link TimeoutError}; more than 0. Default 120000. */
  timeout?: number | null;
  /** Milliseconds between two looks; more than 0. Default 3000. */
  pollInterval?: number | null;
  /** Stops waiting; the promise rejects with the signal's reason. */
  signal?: AbortSignalLike | null;
}

// ── What is reported ────────────────────────────────────────────────────────────────────────────

/**
 * One piece of an agent's work. A `Date` counts as its ISO string. Fields that are not documented here
 * are sent as well, after the others, under their name in snake_case.
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
  inputSummary?: string | null;
  /** What came out. */
  outputSummary?: string | null;
  /** How it ended, for instance `success`. */
  outcome?: string | null;
  /** What should have come out. */
  expectedOutcome?: ExpectedOutcome | null;
  /** The steps, in order. */
  steps?: ExecutionStep[] | null;
  /** What went wrong. */
  errors?: ErrorDetail[] | null;
  /** What the language models used. */
  llmUsage?: LlmUsage | null;
  /** When the work began and ended. */
  timeTracking?: TimeTracking | null;
  /** Whom it was for. */
  customer?: Customer | null;
  /** A support case. */
  support?: Support | null;
  /** A sale. */
  sales?: Sales | null;
  /** A campaign. */
  marketing?: Marketing | null;
  /** A piece of content. */
  content?: Content | null;
  /** An investigation. */
  research?: Research | null;
  /** A project. */
  project?: Project | null;
  /** Software development. */
  development?: Development | null;
  /** A meeting. */
  executive?: Executive | null;
  /** Anything else. */
  general?: General | null;
  /** Where it ran. */
  environment?: EnvironmentContext | null;
  /** Which prompts it fetched; a trace fills this in. */
  promptStudio?: PromptStudio | null;
}

/** The fields of `sendTask`: a task whose `currentDatetime` may be missing. It is filled in then. */
export type TaskFields = Omit<TaskData, 'currentDatetime'> & Partial<Pick<TaskData, 'currentDatetime'>>;

/** One step of the work. */
export interface ExecutionStep {
  /** Its place, from 1. */
  stepNumber: number;
  /** What kind of step, for instance `tool_use` or `llm_call`. */
  action: string;
  /** What it did. */
  description: string;
  /** How long it took, in milliseconds. */
  durationMs?: number | null;
  /** The beginning of what went in. */
  inputPreview?: string | null;
  /** The beginning of what came out. */
  outputPreview?: string | null;
  /** Why it failed. */
  error?: ErrorDetail | null;
  /** The tool it called. */
  toolCall?: ToolCall | null;
  /** The language model it called. */
  llmCall?: LlmCall | null;
  /** Anything else, under keys of your own; sent exactly as given. */
  metadata?: Record<string, unknown> | null;
}

/** Something that went wrong. */
export interface ErrorDetail {
  /** Its class, for instance `TypeError`. */
  errorType: string;
  /** What it said. */
  message: string;
  /** Whether the work could go on. */
  recoverable?: boolean | null;
  /** How often it was tried again. */
  retryCount?: number | null;
  /** Where it happened. */
  stackTrace?: string | null;
  /** Its code, for instance `ECONNRESET`. */
  errorCode?: string | null;
}

/** A call of a tool. */
export interface ToolCall {
  /** Which tool. */
  toolName: string;
  /** How long it took, in milliseconds. */
  durationMs?: number | null;
  /** What it was given. */
  inputSummary?: string | null;
  /** What it answered. */
  outputSummary?: string | null;
  /** Why it failed. */
  error?: ErrorDetail | null;
  /** The status of its answer, if it spoke HTTP. */
  httpStatus?: number | null;
}

/** A call of a language model. */
export interface LlmCall {
  /** Which model. */
  model: string;
  /** Whose model. */
  provider?: string | null;
  /** Tokens read. */
  promptTokens?: number | null;
  /** Tokens written. */
  completionTokens?: number | null;
  /** How long it took, in milliseconds. */
  latencyMs?: number | null;
  /** The sampling temperature. */
  temperature?: number | null;
  /** What the call was for. */
  purpose?: string | null;
}

/** What the language models of a task used, together. */
export interface LlmUsage {
  /** Which model, or `multiple`. */
  model?: string | null;
  /** Whose model, or `multiple`. */
  provider?: string | null;
  /** Tokens read. */
  promptTokens?: number | null;
  /** Tokens written. */
  completionTokens?: number | null;
  /** Tokens read and written. */
  totalTokens?: number | null;
  /** What it cost, in US dollars. */
  estimatedCostUsd?: number | null;
  /** How many calls there were. */
  apiCallsCount?: number | null;
  /** How long they took together, in milliseconds. */
  totalLatencyMs?: number | null;
  /** The calls. */
  calls?: LlmCall[] | null;
}

/** What a task should have come to. */
export interface ExpectedOutcome {
  /** The aim. */
  taskObjective: string;
  /** What had to be delivered. */
  requiredDeliverables?: string[] | null;
  /** What had to be kept to. */
  constraints?: string[] | null;
  /** How to tell that it succeeded. */
  acceptanceCriteria?: string[] | null;
}

/** Where a task ran. */
export interface EnvironmentContext {
  /** The agent framework. */
  framework?: string | null;
  /** Its version. */
  frameworkVersion?: string | null;
  /** The version of Node.js, without `v`. */
  nodeVersion?: string | null;
  /** The version of Python. */
  pythonVersion?: string | null;
  /** The version of this package. */
  sdkVersion?: string | null;
  /** The runtime, for instance `node`. */
  runtime?: string | null;
  /** The region, for instance `eu-west-1`. */
  region?: string | null;
  /** Anything else, under keys of your own; sent exactly as given. */
  customTags?: Record<string, unknown> | null;
}

/** The prompts that a task fetched. */
export interface PromptStudio {
  /** In the order of fetching. */
  promptsUsed?: PromptUse[] | null;
}

/** A prompt that a task fetched. */
export interface PromptUse {
  /** Its id. */
  promptId: string;
  /** Its name. */
  promptName?: string | null;
  /** Its version. */
  version?: string | number | null;
  /** Where it came from: `prompt_studio`. */
  source?: string | null;
  /** The names of the variables that were filled in; null if there were none. */
  variablesUsed?: string[] | null;
  /** When, in ISO 8601. */
  fetchedAt?: string | null;
}

/** When the work began and ended. */
export interface TimeTracking {
  /** When it began, in ISO 8601. */
  startTime?: string | Date | null;
  /** When it ended, in ISO 8601. */
  endTime?: string | Date | null;
}

/** Whom the work was for. */
export interface Customer {
  /** Their name. */
  customerName?: string | null;
  /** Their e-mail address. */
  customerEmail?: string | null;
  /** Their telephone number. */
  customerPhone?: string | null;
  /** Their address. */
  customerAddress?: string | null;
  /** Their company. */
  clientCompany?: string | null;
  /** Their company's industry. */
  clientIndustry?: string | null;
}

/** A support case. */
export interface Support {
  /** Its id. */
  callId?: string | null;
  /** What the issue was. */
  issueDescription?: string | null;
  /** Its kind. */
  issueType?: string | null;
  /** How it was solved. */
  resolution?: string | null;
  /** Its priority. */
  priority?: string | null;
  /** Whether somebody has to come back to it. */
  followUpRequired?: boolean | null;
  /** Notes. */
  agentNotes?: string | null;
}

/** A sale. */
export interface Sales {
  /** Where the lead came from. */
  leadSource?: string | null;
  /** How far it is. */
  salesStage?: string | null;
  /** What it is worth. */
  dealValue?: number | null;
  /** The share of leads that buy. */
  conversionRate?: number | null;
  /** Notes. */
  salesNotes?: string | null;
}

/** A campaign. */
export interface Marketing {
  /** Its name. */
  campaignName?: string | null;
  /** Its kind. */
  campaignType?: string | null;
  /** Whom it addresses. */
  targetAudience?: string | null;
  /** Where it runs. */
  marketingChannel?: string | null;
  /** How people engaged. */
  engagementMetrics?: string | null;
  /** How many converted. */
  conversionMetrics?: string | null;
}

/** A piece of content. */
export interface Content {
  /** Its kind. */
  contentType?: string | null;
  /** Its format. */
  contentFormat?: string | null;
  /** Its length. */
  contentLength?: number | null;
  /** Its topic. */
  contentTopic?: string | null;
  /** Where it is published. */
  targetPlatform?: string | null;
}

/** An investigation. */
export interface Research {
  /** Its topic. */
  researchTopic?: string | null;
  /** How it was done. */
  researchMethod?: string | null;
  /** What it drew on. */
  dataSources?: string | string[] | null;
  /** What was found. */
  researchFindings?: string | null;
  /** The kind of analysis. */
  analysisType?: string | null;
  /** How many sources were consulted. */
  sourcesConsulted?: number | null;
  /** The main findings. */
  keyFindings?: string[] | null;
  /** How sure they are. */
  confidenceLevel?: string | null;
  /** How good the data is. */
  dataQuality?: string | null;
}

/** A project. */
export interface Project {
  /** Its name. */
  projectName?: string | null;
  /** Its phase. */
  projectPhase?: string | null;
  /** What it delivers. */
  deliverables?: string | string[] | null;
  /** Who has a stake in it. */
  stakeholders?: string | string[] | null;
  /** Its state. */
  projectStatus?: string | null;
  /** The milestone that was reached. */
  milestoneAchieved?: string | null;
  /** The priority of this task. */
  taskPriority?: string | null;
  /** The share of its means in use. */
  resourceUtilization?: number | null;
  /** Its risks. */
  riskAssessment?: string | null;
  /** What holds it up. */
  blockers?: string[] | null;
}

/** Software development. */
export interface Development {
  /** The language. */
  programmingLanguage?: string | null;
  /** The framework. */
  frameworkUsed?: string | null;
  /** How many bugs were found. */
  bugsFound?: number | null;
  /** How many were fixed. */
  bugsFixed?: number | null;
  /** The share of code under test, in percent. */
  testCoverage?: number | null;
  /** Measurements, as text or under keys of your own. */
  performanceMetrics?: string | Record<string, unknown> | null;
  /** How far deployment is. */
  deploymentStatus?: string | null;
  /** What was left undone. */
  technicalDebt?: string | null;
  /** The files that changed. */
  filesModified?: string[] | null;
  /** How many tests were run. */
  testsRun?: number | null;
  /** How many passed. */
  testsPassed?: number | null;
}

/** A meeting. */
export interface Executive {
  /** Its kind. */
  meetingType?: string | null;
  /** How many attended. */
  attendeesCount?: number | null;
  /** What was on the agenda. */
  agendaItems?: string | string[] | null;
  /** What is to be done. */
  actionItems?: string | string[] | null;
  /** How many conflicts there were. */
  calendarConflicts?: number | null;
  /** What was decided. */
  decisionsMade?: string[] | null;
}

/** Anything else. */
export interface General {
  /** The tools that were used. */
  toolsUsed?: string | string[] | null;
  /** Notes. */
  agentNotes?: string | null;
  /** What went wrong on the way. */
  errorsEncountered?: ErrorDetail[] | null;
  /** How often something was tried again. */
  retries?: number | null;
  /** Warnings. */
  warnings?: string[] | null;
  /** The services that were called. */
  externalApisCalled?: string[] | null;
  /** The data that was read. */
  dataSourcesAccessed?: string[] | null;
  /** Tags. */
  tags?: string[] | null;
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

// ── Clients ─────────────────────────────────────────────────────────────────────────────────────

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
   * Looks once for what the platform made of a trace. If it is not ready, or the trace is not known,
   * the response has `success: false`.
   *
   * ```js
   * const { success, data } = await client.getInterpretedTaskResult(traceId);
   * if (success) console.log(data.interpretedTraceResult);
   * ```
   */
  getInterpretedTaskResult<T = any>(traceId: string): Promise<ApiResponse<T>>;

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
  ): Promise<PromptContent>;

  /** Now, in ISO 8601: UTC, to the millisecond, with `Z`. */
  getCurrentIsoDatetime(): string;

  /** Waits until nothing is in flight. */
  flush(): Promise<void>;

  /** Waits until nothing is in flight, then closes all connections. Later calls reject. */
  close(): Promise<void>;

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
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
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
