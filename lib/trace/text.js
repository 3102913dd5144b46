'use strict';

/** What a cut text ends in. */
const ELLIPSIS = '...';

/** Half of a code point, perhaps. Without any, code points are counted by the length of the text. */
const SURROGATE = /[\ud800-\udfff]/;

/**
 * Cuts a text to a number of Unicode code points, never through a surrogate pair. What is cut ends in
 * `...`, which counts.
 *
 * @param {string} text
 * @param {number} most
 * @returns {string}
 */
function truncate(text, most) {
  if (text.length <= most) return text;
  const beginning = text.slice(0, most);
  if (!SURROGATE.test(beginning)) {
    return detach(beginning.slice(0, most - ELLIPSIS.length)) + ELLIPSIS;
  }
  let count = 0;
  /** Where the text ends if it has to be cut. */
  let end = 0;
  for (const character of text) {
    count += 1;
    if (count > most) return detach(text.slice(0, end)) + ELLIPSIS;
    if (count <= most - ELLIPSIS.length) end += character.length;
  }
  return text;
}

/**
 * A copy that does not keep alive the long text it was cut from, as a slice does.
 * @param {string} text
 */
function detach(text) {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

module.exports = { SURROGATE, truncate };
