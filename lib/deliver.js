'use strict';

const { toText } = require('./error-detail');
const { emit, emitForClient, kLogs } = require('./logging');
const { sendInBackground } = require('./send');

/** Traces of one client that may be under way in the background. */
const MAX_PENDING = 10_000;

/**
 * How many of a client's traces are under way, and how many did not fit since the last that did.
 * @type {WeakMap<object, { pending: number, dropped: number }>}
 */
const loads = new WeakMap();

/**
 * Hands a finished trace over: to the user, if wanted, and to the platform. It never throws, and what
 * fails later is logged.
 *
 * @param {object} client
 * @param {import('./trace').Settings} settings
 * @param {import('../index').TaskData} task
 */
function deliver(client, { autoSend, onTrace, name }, task) {
  try {
    onTrace?.(task);
  } catch (error) {
    emit('WARN', `onTrace of '${name}' threw: ${toText(error)}`);
  }
  if (!autoSend) return;
  const load = loads.get(client) ?? { pending: 0, dropped: 0 };
  loads.set(client, load);
  if (load.pending >= MAX_PENDING) {
    if (load.dropped === 0) log(client, `${MAX_PENDING} traces are waiting: '${name}' is dropped`);
    load.dropped += 1;
    return;
  }
  load.dropped = 0;
  load.pending += 1;
  sendInBackground(client, task)
    .catch((error) => log(client, `trace '${name}' was not sent: ${toText(error)}`))
    .finally(() => {
      load.pending -= 1;
    });
}

/**
 * @param {any} client
 * @param {string} line
 */
function log(client, line) {
  if (client[kLogs]) emitForClient('ERROR', line);
}

module.exports = { deliver };
