/** Tasks in one batch. */
export const MAX_BATCH_SIZE = 100;

/** Characters in a task's name; checked by the native client, like the next two. */
export const MAX_NAME_LENGTH = 500;

/** Characters in a task's description. */
export const MAX_DESCRIPTION_LENGTH = 10_000;

/** Bytes in an encoded task. */
export const MAX_PAYLOAD_SIZE = 1_048_576;

/** How long the end of the process waits for pending tasks, in milliseconds. */
export const DEFAULT_EXIT_TIMEOUT = 2_000;

/** How long to wait for an interpretation, in milliseconds. */
export const DEFAULT_WAIT_TIMEOUT = 120_000;

/** The time between two requests for an interpretation, in milliseconds. */
export const DEFAULT_POLL_INTERVAL = 3_000;

/** The longest delay that `setTimeout` accepts, in milliseconds. */
export const MAX_TIMER_DELAY = 2 ** 31 - 1;

/** Objects that are searched for the value that JSON cannot hold. Enough for any real task. */
export const MAX_SEARCHED_OBJECTS = 100_000;

// What a trace may hold. Lengths count Unicode code points, unless a comment names another unit.

/** The longest duration of a task, in seconds: one day. */
export const MAX_TASK_SECONDS = 86_400;
/** Bytes of JSON in a task: less than the platform's limit, because the wire format has longer keys. */
export const MAX_TASK_BYTES = 900_000;
/** Tasks with fewer LLM calls stay below `MAX_TASK_BYTES`, because each text in them has a limit. */
export const MIN_CALLS_TO_TRIM = 15;

/** Summaries of a traced function, and the result in its first step. */
export const MAX_INPUT_SUMMARY = 3000;
export const MAX_OUTPUT_SUMMARY = 8000;
export const MAX_EXECUTION_OUTPUT = 1500;

/** In a summary, deeper objects are left out, and so are larger bigints, which take long to convert to digits. */
export const MAX_SUMMARY_DEPTH = 40;
export const MAX_SUMMARY_BIGINT = 2n ** 256n;

/** Previews of steps that are built by hand. */
export const MAX_STEP_INPUT = 500;
export const MAX_STEP_OUTPUT = 1500;
export const MAX_TOOL_INPUT = 300;
export const MAX_TOOL_OUTPUT = 1500;

/** Texts of LLM calls: a trace may have many of them, so these are short. */
export const MAX_LLM_PREVIEW = 500;
export const MAX_LLM_ERROR_MESSAGE = 1000;
/** Names of models and tools: providers do not limit them. */
export const MAX_LLM_NAME = 200;
/** Tools named for one LLM call. */
export const MAX_LLM_TOOLS = 20;

/** Errors. */
export const MAX_ERROR_MESSAGE = 10_000;
export const MAX_ERROR_STACK = 1000;
/** UTF-16 units of a request that an error is compared with; a larger request counts as repeated. */
export const MAX_COMPARED_REQUEST = 50_000;

/** LLM calls and prompts in one trace, so that a trace that runs for days does not use more and more memory. */
export const MAX_CALLS = 2_000;
export const MAX_PROMPTS = 1_000;

/**
 * How many times the limit is kept of a text that `redact` will change: a word that the limit would cut in
 * half reaches `redact` whole.
 */
export const REDACTION_HEADROOM = 2;
