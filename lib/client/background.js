'use strict';

const { followBackground, start } = require('../bridge/call');
const { fromNative } = require('../bridge/failure');
const { readTask } = require('./read');
const { linkOf } = require('./send');
const { getCurrentIsoDatetime } = require('./time');

/**
 * Clients whose background a request of a serverless platform already waits for.
 * @type {WeakMap<object, Set<import('../bridge/call').Link>>}
 */
const waiting = new WeakMap();

/**
 * Takes a task to be delivered in the background.
 *
 * @param {object} client
 * @param {unknown} task
 * @returns {boolean} whether there was room for it
 * @throws {import('../bridge/errors').InfiniumError} a ValidationError or PayloadTooLargeError of the task, or because
 *   the client is closed
 */
function enqueue(client, task) {
  const link = linkOf(client);
  const json = readTask(task);
  let accepted;
  try {
    accepted = link.native.enqueue(json, getCurrentIsoDatetime());
  } catch (error) {
    throw fromNative(error);
  }
  link.hopeless = false;
  followBackground(link);
  if (link.exitTimeout > 0) require('../bridge/exit').handedOver();
  outliveRequest(link);
  return accepted;
}

/**
 * Vercel freezes a function when its response is sent, unless it is asked to wait.
 *
 * @param {import('../bridge/call').Link} link
 */
function outliveRequest(link) {
  try {
    /** @type {any} */
    const platform = globalThis;
    const context = platform[Symbol.for('@vercel/request-context')]?.get?.();
    if (typeof context?.waitUntil !== 'function') return;
    const links = waiting.get(context) ?? new Set();
    if (links.has(link)) return;
    waiting.set(context, links.add(link));
    const flushed = start(link, (native, number) => native.flush(number, undefined));
    context.waitUntil(flushed.finally(() => links.delete(link)));
  } catch {
    // A platform that is not what it seems is treated like all others.
  }
}

module.exports = { enqueue };
