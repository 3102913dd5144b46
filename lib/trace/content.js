'use strict';

/** Characters of a request that are compared with; whether a larger one is repeated is not found out. */
const MOST = 50_000;
/** As many characters in a row are no coincidence. */
const WINDOW = 12;
/** A shorter text says nothing. */
const SHORTEST = 4;
/** Members of a request that are no content. */
const PLAIN = new Set(['model', 'role', 'type']);

/**
 * Whether a text repeats something of what a language model was asked. In doubt it does.
 *
 * @param {string} text
 * @param {unknown} request
 */
function repeats(text, request) {
  /** @type {string[]} */
  const asked = [];
  try {
    if (!collect(request, asked, { left: MOST })) return true;
  } catch {
    return true;
  }
  return asked.some((each) => {
    if (each.length < SHORTEST) return false;
    if (each.length <= WINDOW) return text.includes(each);
    for (let at = 0; at + WINDOW <= text.length; at += 1) {
      if (each.includes(text.slice(at, at + WINDOW))) return true;
    }
    return false;
  });
}

/**
 * Collects the texts in a value.
 *
 * @param {any} value
 * @param {string[]} texts
 * @param {{ left: number }} budget characters and members that may still come
 * @returns {boolean} whether that was all
 */
function collect(value, texts, budget) {
  budget.left -= typeof value === 'string' ? value.length : 1;
  if (budget.left < 0) return false;
  if (typeof value === 'string') texts.push(value.trim());
  if (typeof value !== 'object' || value === null) return true;
  return Object.keys(value).every((key) => PLAIN.has(key) || collect(value[key], texts, budget));
}

module.exports = { repeats };
