/** Tasks in one batch. */
export const MAX_BATCH_SIZE = 100;

/** Characters in a task's name; checked by the native client, like the next two. */
export const MAX_NAME_LENGTH = 500;

/** Characters in a task's description. */
export const MAX_DESCRIPTION_LENGTH = 10_000;

/** Bytes in an encoded task. */
export const MAX_PAYLOAD_SIZE = 1_048_576;

/** Requests in flight; the default of `maxConcurrency`. */
export const DEFAULT_MAX_CONCURRENCY = 32;

/** Tasks in a row without an answer after which sending more is pointless; a batch has the same limit. */
export const MAX_UNANSWERED = 3;

/** Failures that the result of `sendAll` keeps, because there may be millions. */
export const MAX_KEPT_FAILURES = 1_000;

/** How long an ending process waits for pending tasks, in milliseconds. */
export const DEFAULT_EXIT_TIMEOUT = 1_500;

/** How long to wait for an interpretation, in milliseconds. */
export const DEFAULT_WAIT_TIMEOUT = 120_000;

/** The time between two requests for an interpretation, in milliseconds. */
export const DEFAULT_POLL_INTERVAL = 3_000;

/** The longest delay that `setTimeout` accepts, in milliseconds. */
export const MAX_TIMER_DELAY = 2 ** 31 - 1;

/** The number of objects to search for a value that JSON cannot represent. Enough for any real task. */
export const MAX_SEARCHED_OBJECTS = 100_000;

// Limits of a trace. Lengths are Unicode code points, unless a comment names another unit.

/** The longest duration of a task, in seconds: one day. */
export const MAX_TASK_SECONDS = 86_400;
/** Bytes of JSON in a task: less than the platform's limit, because keys are longer on the wire. */
export const MAX_TASK_BYTES = 900_000;
/** Tasks with fewer steps stay below `MAX_TASK_BYTES`, because each of their texts has a limit. */
export const MIN_STEPS_TO_TRIM = 10;

/** Summaries of a traced function's arguments, and of the result in its first step. */
export const MAX_INPUT_SUMMARY = 3000;
export const MAX_OUTPUT_SUMMARY = 8000;
export const MAX_EXECUTION_OUTPUT = 1500;

/** Summaries omit deeper objects and larger bigints, which take long to convert to digits. */
export const MAX_SUMMARY_DEPTH = 40;
export const MAX_SUMMARY_BIGINT = 2n ** 256n;

/** Previews of manually built steps. */
export const MAX_STEP_INPUT = 500;
export const MAX_STEP_OUTPUT = 1500;
export const MAX_TOOL_INPUT = 300;
export const MAX_TOOL_OUTPUT = 1500;

/** Texts of LLM calls: short, because a trace may have many. */
export const MAX_LLM_PREVIEW = 500;
export const MAX_LLM_ERROR_MESSAGE = 1000;
/** Names of models and tools, which providers do not limit. */
export const MAX_LLM_NAME = 200;
/** The number of tools named for one LLM call. */
export const MAX_LLM_TOOLS = 20;

/** Errors. */
export const MAX_ERROR_MESSAGE = 10_000;
export const MAX_ERROR_STACK = 1000;
/** UTF-16 units of a request that are compared with an error. A larger request counts as repeated. */
export const MAX_COMPARED_REQUEST = 50_000;

/** Steps and prompts in one trace, so that the memory of a trace that runs for days stays bounded. */
export const MAX_STEPS = 2_000;
export const MAX_PROMPTS = 1_000;

/**
 * A text is kept at this multiple of its limit before `redact` changes it, so that `redact` sees words that the
 * limit would cut.
 */
export const REDACTION_HEADROOM = 2;
