'use strict';

const { readSendOptions } = require('./arguments');
const { start } = require('../bridge/call');
const { readTask } = require('./read');

/** Where a client keeps its native half: a property, so that proxies of clients work as well. */
const kLink = Symbol('link');

/**
 * @param {object} client
 * @returns {import('../bridge/call').Link}
 */
function linkOf(client) {
  return /** @type {any} */ (client)[kLink];
}

/**
 * Sends one task.
 *
 * @param {object} client
 * @param {unknown} task
 * @param {unknown} options
 * @param {string} [now] the time of a task that has none
 * @returns {Promise<import('../../index').ApiResponse>}
 */
function sendOne(client, task, options, now) {
  const hooks = readSendOptions(options);
  const json = readTask(task);
  return start(
    linkOf(client),
    (native, number, aborted) => native.send(number, aborted, json, now),
    { ...hooks, sends: true },
  );
}

module.exports = { kLink, linkOf, sendOne };
