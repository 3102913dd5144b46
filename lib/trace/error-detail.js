'use strict';

const { types } = require('node:util');
const { copy } = require('./copy');
const { truncate } = require('./text');

/** Code points that are kept. */
const MAX_STACK = 1000;
const MAX_MESSAGE = 10_000;

/**
 * @param {any} holder
 * @param {string} key
 * @returns {any} undefined if it cannot be read
 */
function read(holder, key) {
  try {
    return holder[key];
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
function toText(value) {
  try {
    return String(value);
  } catch {
    return 'unreadable';
  }
}

/**
 * Describes whatever was thrown, or takes a description as it is. It never throws.
 *
 * @param {unknown} error an Error, an ErrorDetail, or anything else
 * @param {number} [room] how many times as much as usual is kept, for texts that change before they
 *   are cut
 * @returns {import('../../index').ErrorDetail}
 */
function toErrorDetail(error, room = 1) {
  const cut = (/** @type {string} */ text, /** @type {number} */ most) =>
    truncate(text, most * room);
  if (typeof error !== 'object' || error === null) {
    const message = cut(toText(error), MAX_MESSAGE);
    return { errorType: error === null ? 'null' : typeof error, message };
  }
  const stack = read(error, 'stackTrace') ?? read(error, 'stack');
  const message = read(error, 'message');
  const told = {
    message: cut(typeof message === 'string' ? message : toText(error), MAX_MESSAGE),
    stackTrace: typeof stack === 'string' ? cut(stack, MAX_STACK) : undefined,
  };
  const type = read(error, 'errorType');
  if (typeof type === 'string') {
    const [recoverable, retryCount] = [read(error, 'recoverable'), read(error, 'retryCount')];
    return {
      errorType: type,
      recoverable,
      retryCount,
      errorCode: read(error, 'errorCode'),
      ...told,
    };
  }
  const code = read(error, 'code');
  return {
    errorType: nameOf(error),
    errorCode: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    ...told,
  };
}

/**
 * Many classes of errors do not set a name, and have their base's.
 * @param {object} error
 */
function nameOf(error) {
  const names = [read(error, 'name'), read(read(error, 'constructor'), 'name')];
  const isText = (/** @type {unknown} */ name) => typeof name === 'string' && name !== '';
  return names.find((name) => isText(name) && name !== 'Error' && name !== 'Object') ?? 'Error';
}

/** Errors of clients that no answer has come with: what they say is their own. */
const OWN_WORDS = /^(APIConnection\w*|APIUserAbort|Abort|Timeout)Error$/;

/**
 * What may be told of an error of a language model when its content may not: a provider that refuses can
 * repeat what it was asked, and what cannot be parsed is repeated by the parser.
 *
 * @param {import('../../index').ErrorDetail} detail
 * @param {unknown} error
 * @param {unknown} request
 * @param {boolean} sent whether there may have been an answer
 * @returns {import('../../index').ErrorDetail}
 */
function withoutContent(detail, error, request, sent) {
  const { errorType, message, stackTrace } = detail;
  if (OWN_WORDS.test(String(errorType))) return detail;
  const status = read(error, 'status');
  const isTold = typeof status === 'number' || !sent;
  if (isTold && !require('./content').repeats(message, request)) return detail;
  const known = typeof status === 'number' ? `${errorType} (status ${status})` : `${errorType}`;
  const code = /^[\w.-]{1,64}$/.test(detail.errorCode ?? '') ? detail.errorCode : undefined;
  // The frames follow what was said; where not even that is whole, there are none.
  const said = stackTrace?.indexOf(message) ?? -1;
  const rest = said < 0 ? undefined : stackTrace?.slice(said + message.length);
  const frames = rest?.match(/^ +at .*$/gm);
  return { errorType, errorCode: code, message: known, stackTrace: frames?.join('\n') };
}

/**
 * A description of an error by a user, kept with all its fields; of anything else, what can be told.
 *
 * @param {unknown} error
 * @returns {import('../../index').ErrorDetail}
 */
function readErrorDetail(error) {
  const told = toErrorDetail(error);
  if (typeof error !== 'object' || error === null || types.isNativeError(error)) return told;
  if (typeof read(error, 'message') !== 'string') return told;
  return { ...copy(/** @type {any} */ (error)), ...told };
}

module.exports = {
  MAX_MESSAGE,
  MAX_STACK,
  readErrorDetail,
  toErrorDetail,
  toText,
  withoutContent,
};
