'use strict';

const { guardProgress, start } = require('../bridge/call');
const { MAX_BATCH_SIZE, invalid, readBatchOptions } = require('./arguments');
const { BatchError, ValidationError } = require('../bridge/errors');
const { atCaller, toError } = require('../bridge/failure');
const { readTask } = require('./read');

/**
 * A task that could not be read, for the native client to count as failed.
 * @typedef {{ field: string, message: string, cause: unknown }} Unreadable
 */

/**
 * Reads every task and hands it over; the first are under way before the last is read. One that cannot be
 * read fails alone.
 *
 * @param {unknown[]} tasks
 * @param {number} total
 * @param {import('../../js-binding').NativeBatch} batch
 * @returns {Map<number, Unreadable>}
 */
function feed(tasks, total, batch) {
  /** @type {Map<number, Unreadable>} */
  const unreadable = new Map();
  for (let index = 0; index < total; index += 1) {
    try {
      batch.add(readTask(tasks[index]));
    } catch (error) {
      const problem = toUnreadable(error);
      unreadable.set(index, problem);
      batch.addUnreadable(problem.field, problem.message, nameOf(tasks, index));
    }
  }
  batch.end();
  return unreadable;
}

/**
 * @param {any[]} tasks
 * @param {number} index
 * @returns {string | undefined} the name of a task that cannot be read as a whole
 */
function nameOf(tasks, index) {
  try {
    const { name } = tasks[index];
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {unknown} tasks
 * @returns {number} how many there are
 */
function count(tasks) {
  const total = lengthOf(tasks);
  if (!Number.isInteger(total) || total < 1 || total > MAX_BATCH_SIZE) {
    const got = typeof total === 'number' ? total : typeof total;
    invalid('tasks', `must hold 1 to ${MAX_BATCH_SIZE} tasks (got ${got}); split the batch`);
  }
  return total;
}

/** @param {unknown} tasks */
function lengthOf(tasks) {
  try {
    if (Array.isArray(tasks)) return tasks.length;
  } catch (error) {
    return invalid('tasks', 'cannot be read: its length threw', error);
  }
  return invalid('tasks', `must be an array (got ${typeof tasks})`);
}

/**
 * @param {any} error a ValidationError of the task, or what the array threw
 * @returns {Unreadable}
 */
function toUnreadable(error) {
  const { field } = error ?? {};
  if (typeof field === 'string') return { field, message: error.message, cause: error.cause };
  return { field: 'task', message: 'task cannot be read: its array threw', cause: error };
}

/**
 * Sends a batch, with what failed in it as typed errors.
 *
 * @param {import('../bridge/call').Link} link
 * @param {unknown} tasks
 * @param {unknown} options
 * @param {boolean} concurrent
 * @param {Function} method the public method, where stack traces begin
 * @returns {Promise<import('../../index').BatchResult>}
 */
async function sendBatch(link, tasks, options, concurrent, method) {
  const { signal, deadline, onProgress } = readBatchOptions(options);
  const total = count(tasks);
  /** @type {Map<number, Unreadable>} */
  let unreadable = new Map();
  /** @type {unknown} */
  let reason;
  const report = await start(
    link,
    (native, number, aborted) => {
      const wanted = onProgress !== undefined;
      const batch = native.sendBatch(number, aborted, total, concurrent, wanted);
      unreadable = feed(/** @type {unknown[]} */ (tasks), total, batch);
    },
    {
      signal,
      deadline,
      sends: true,
      // The batch itself tells what became of its tasks.
      onAbort: (given) => {
        reason = given;
      },
      onProgress: onProgress && guardProgress(onProgress, total),
    },
  );
  return conclude(report, unreadable, reason, method);
}

/**
 * @param {any} report as the native client wrote it
 * @param {Map<number, Unreadable>} unreadable
 * @param {unknown} reason why it was aborted, if it was
 * @param {Function} method
 * @returns {import('../../index').BatchResult}
 */
function conclude({ stoppedBy, ...result }, unreadable, reason, method) {
  result.results.forEach((/** @type {any} */ response, /** @type {number} */ index) => {
    if (response.success) return;
    const problem = unreadable.get(index);
    const error = problem ? new ValidationError(problem.message, problem) : toError(response.error);
    response.error = atCaller(error, method);
  });
  if (!stoppedBy) return result;
  const aborted = stoppedBy.kind === 'cancelled';
  const cause = atCaller(aborted ? reason : toError(stoppedBy), method);
  const message =
    `batch stopped after ${result.successfulTasks} of ${result.totalTasks} tasks were sent: ` +
    (aborted ? 'it was aborted by its signal or deadline' : stoppedBy.message);
  throw new BatchError(message, { ...result, cause, statusCode: stoppedBy.statusCode });
}

module.exports = { sendBatch };
