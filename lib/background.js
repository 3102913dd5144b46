'use strict';

const { emitForClient, kLogs } = require('./logging');

/** What one client may have waiting; a trace beyond that is dropped, since those before are sent. */
const MAX_WAITING = 10_000;
/** UTF-16 units of the texts that wait, roughly; 64 MiB if they are ASCII. */
const MAX_SIZE = 64 * 1024 * 1024;
/** What a trace, and a step of it, weighs without its texts. */
const BASE_SIZE = 500;
/** Traces of one client whose results nobody has read yet. */
const MAX_UNREAD = 1_000;

/** @typedef {import('../index').TaskData} TaskData */
/** @typedef {{ sendTaskData(task: TaskData): Promise<unknown> }} Sender */

/**
 * @typedef {object} State
 * @property {number} waiting sends without an outcome
 * @property {number} size
 * @property {number} dropped since the last time that there was room
 * @property {Array<() => void>} idle
 * @property {Set<() => void>} unread conclude traces whose result nobody has read
 */

/** @type {WeakMap<object, State>} */
const states = new WeakMap();

/**
 * @param {object} client
 * @returns {State}
 */
function stateOf(client) {
  let state = states.get(client);
  if (!state) {
    state = { waiting: 0, size: 0, dropped: 0, idle: [], unread: new Set() };
    states.set(client, state);
  }
  return state;
}

/**
 * Sends a trace without anybody waiting for it. It never throws; a failure is logged if the client
 * logs. The client's own promise keeps the process alive until it is done.
 *
 * @param {Sender} client
 * @param {TaskData} task
 */
function sendInBackground(client, task) {
  const state = stateOf(client);
  const size = sizeOf(task);
  if (state.waiting >= MAX_WAITING || state.size + size > MAX_SIZE) {
    if (state.dropped === 0) {
      log(client, 'WARN', `traces are dropped: ${state.waiting} are still waiting to be sent`);
    }
    state.dropped += 1;
    return;
  }
  state.waiting += 1;
  state.size += size;
  const done = () => {
    state.waiting -= 1;
    state.size -= size;
    if (state.dropped > 0 && state.waiting < MAX_WAITING / 2) {
      log(client, 'WARN', `${state.dropped} traces were dropped; there is room again`);
      state.dropped = 0;
    }
    if (state.waiting === 0) for (const resolve of state.idle.splice(0)) resolve();
  };
  send(client, task).then(done, (error) => {
    log(client, 'ERROR', `trace "${task.name}" could not be sent: ${messageOf(error)}`);
    done();
  });
}

/**
 * A throw of the client's becomes a rejection.
 * @param {Sender} client
 * @param {TaskData} task
 */
async function send(client, task) {
  await client.sendTaskData(task);
}

/** @param {unknown} error */
function messageOf(error) {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'of an error that cannot be read';
  }
}

/** @param {TaskData} task */
function sizeOf({ inputSummary, outputSummary, steps }) {
  let size = BASE_SIZE + (inputSummary?.length ?? 0) + (outputSummary?.length ?? 0);
  for (const { inputPreview, outputPreview } of steps ?? []) {
    size += BASE_SIZE + (inputPreview?.length ?? 0) + (outputPreview?.length ?? 0);
  }
  return size;
}

/**
 * @param {any} client
 * @param {import('./logging').Level} level
 * @param {string} message
 */
function log(client, level, message) {
  if (client[kLogs]) emitForClient(level, message);
}

/**
 * Keeps a trace whose result nobody has read, so that `pending` can conclude it.
 *
 * @param {object} client
 * @param {() => void} conclude
 * @returns {() => void} call it when the trace is concluded or being read
 */
function keepUnread(client, conclude) {
  const { unread } = stateOf(client);
  unread.add(conclude);
  if (unread.size > MAX_UNREAD) {
    const [oldest] = unread;
    unread.delete(oldest);
    oldest();
  }
  return () => unread.delete(conclude);
}

/**
 * Waits until no trace of a client is waiting to be sent. One whose result was never read is sent as
 * it stands.
 *
 * @param {object} client
 * @returns {Promise<void>}
 */
async function pending(client) {
  const state = states.get(client);
  if (!state) return;
  for (const conclude of [...state.unread]) conclude();
  while (state.waiting > 0) {
    await /** @type {Promise<void>} */ (new Promise((resolve) => state.idle.push(resolve)));
  }
}

module.exports = { keepUnread, log, pending, sendInBackground };
