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
