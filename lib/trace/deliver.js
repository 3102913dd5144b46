'use strict';

const { types } = require('node:util');
const { enqueue } = require('../client/background');
const { toText } = require('./error-detail');
const { emit, emitForClient, kLogs } = require('../bridge/logging');

/**
 * Hands a finished trace over: to the user, if wanted, and to the platform. It never throws, and what
 * fails later is logged.
 *
 * @param {object} client
 * @param {import('./trace').Settings} settings
 * @param {import('../../index').TaskData} task
 */
function deliver(client, { autoSend, onTrace, name }, task) {
  const complain = (/** @type {unknown} */ error) =>
    emit('WARN', `onTrace of '${name}' threw: ${toText(error)}`);
  try {
    /** @type {unknown} */
    const told = onTrace?.(task);
    if (types.isPromise(told)) told.then(undefined, complain);
  } catch (error) {
    complain(error);
  }
  if (!autoSend) return;
  try {
    enqueue(client, task);
  } catch (error) {
    log(client, `trace '${name}' was not sent: ${toText(error)}`);
  }
}

/**
 * @param {any} client
 * @param {string} line
 */
function log(client, line) {
  if (client[kLogs]) emitForClient('ERROR', line);
}

module.exports = { deliver };
