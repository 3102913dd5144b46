'use strict';

const { types } = require('node:util');
const { MAX_MESSAGE, MAX_STACK } = require('./error-detail');
const { truncate } = require('./text');

/** What is sent in place of a text that could not be redacted. */
const FAILED = '[redaction failed]';

/**
 * How many times as much of a text is kept before it is redacted: what a cut would have left in half
 * is still whole then.
 */
const ROOM = 2;

/** @param {unknown} redact what the user wants to be done to texts, if anything */
function roomFor(redact) {
  return redact === undefined ? 1 : ROOM;
}

/**
 * Makes a text fit to leave: redacted if the user wants that, and only then cut.
 * @typedef {<T extends string | null | undefined>(text: T, where: string, most: number) => T} Tell
 */

/**
 * @param {((text: string, where: any) => unknown) | undefined} redact
 * @returns {Tell}
 */
function makeTell(redact) {
  return (text, where, most) => {
    if (text === undefined || text === null) return text;
    if (redact === undefined) return /** @type {any} */ (truncate(text, most));
    /** @type {unknown} */
    let redacted;
    try {
      redacted = redact(text, where);
      // That is no text, and its failure is nobody's business any more.
      if (types.isPromise(redacted)) redacted.then(undefined, () => {});
    } catch {
      redacted = undefined;
    }
    return /** @type {any} */ (typeof redacted === 'string' ? truncate(redacted, most) : FAILED);
  };
}

/**
 * @param {import('../../index').ErrorDetail} error
 * @param {Tell} tell
 * @param {number} [most] code points of its message
 * @returns {import('../../index').ErrorDetail}
 */
function tellError(error, tell, most = MAX_MESSAGE) {
  const message = tell(error.message, 'error', most);
  return { ...error, message, stackTrace: tell(error.stackTrace, 'error', MAX_STACK) };
}

module.exports = { ROOM, makeTell, roomFor, tellError };
