'use strict';

const { types } = require('node:util');
const { SURROGATE, truncate } = require('./text');

/** Members of an instance that are likely to hold secrets, such as the key of a provider's client. */
const SECRET =
  /(api|private|access|signing|encryption)[-_]?key|secret|passw|passphrase|^pwd$|^auth$|authorization|bearer|credential|cookie|jwt|connection[-_]?string|tokens?$/i;

/** The digits of a larger number take long to work out. */
const LARGEST_BIGINT = 2n ** 256n;

/** Deeper objects are left out of a summary. */
const MAX_DEPTH = 40;

/**
 * A short JSON of anything. A string stays as it is. What it costs depends on how long it may be, not
 * on how large the value is; and it never throws.
 *
 * Where JSON has nothing to say it says `"[Circular]"`, `"[Unreadable]"`, `"[Buffer: 12 bytes]"` and
 * the like; of an error, its name and message. In instances of classes it says `"[Hidden]"` for what
 * is named like a secret: clients of providers are often arguments, and carry their keys.
 *
 * @param {unknown} value
 * @param {number} most Unicode code points
 * @returns {string | undefined} undefined if there is nothing to tell, as for undefined
 */
function summarize(value, most) {
  if (typeof value === 'string') return truncate(value, most);
  const writer = new Writer(most);
  const written = writer.write(value, '');
  return written ? truncate(writer.text, most) : undefined;
}

/**
 * The arguments of a call: one alone as it is, several as an array.
 *
 * @param {unknown[]} values
 * @param {number} most Unicode code points
 * @returns {string | undefined}
 */
function summarizeArguments(values, most) {
  return values.length > 1 ? summarize(values, most) : summarize(values[0], most);
}

/** Writes JSON until there is enough of it. */
class Writer {
  /** @param {number} most */
  constructor(most) {
    this.text = '';
    // One more than there may be, so that it shows that there was more.
    this.enough = most + 1;
    // A code point takes at most two units, so this many are always enough.
    this.room = 2 * this.enough;
    /** Values that may be looked at: some of them write nothing. */
    this.looks = 4 * most + 100;
    /** @type {object[]} */
    this.ancestors = [];
    /** How many of the ancestors are instances of classes. */
    this.instances = 0;
  }

  get full() {
    if (this.looks <= 0) return true;
    if (this.text.length < this.enough) return false;
    if (SURROGATE.test(this.text)) this.enough = this.room;
    return this.text.length >= this.enough;
  }

  /**
   * @param {unknown} value
   * @param {string} key
   * @returns {boolean} whether there was anything to write
   */
  write(value, key) {
    this.looks -= 1;
    try {
      return this.writeAny(toPlain(value, key));
    } catch {
      this.text += '"[Unreadable]"';
      return true;
    }
  }

  /** @param {unknown} value */
  writeAny(value) {
    switch (typeof value) {
      case 'string':
        this.text += JSON.stringify(value.slice(0, this.room));
        return true;
      case 'bigint':
        this.text +=
          value < LARGEST_BIGINT && value > -LARGEST_BIGINT ? `"${value}"` : '"[BigInt]"';
        return true;
      case 'number':
      case 'boolean':
        this.text += JSON.stringify(value);
        return true;
      case 'object':
        this.writeObject(value);
        return true;
      default:
        return false;
    }
  }

  /** @param {any} value */
  writeObject(value) {
    if (value === null) {
      this.text += 'null';
    } else if (value instanceof Number || value instanceof String || value instanceof Boolean) {
      this.writeAny(value.valueOf());
    } else if (this.ancestors.includes(value)) {
      this.text += '"[Circular]"';
    } else if (this.ancestors.length >= MAX_DEPTH) {
      this.text += '"[Deep]"';
    } else {
      this.ancestors.push(value);
      const before = this.text;
      const isInstance = !isPlain(value);
      if (isInstance) this.instances += 1;
      try {
        if (Array.isArray(value)) this.writeArray(value);
        else this.writeMembers(value);
      } catch (error) {
        this.text = before;
        throw error;
      } finally {
        this.ancestors.pop();
        if (isInstance) this.instances -= 1;
      }
    }
  }

  /** @param {unknown[]} value */
  writeArray(value) {
    this.text += '[';
    for (let index = 0; index < value.length && !this.full; index += 1) {
      if (index > 0) this.text += ',';
      const written = this.write(get(value, index), String(index));
      if (!written) this.text += 'null';
    }
    this.text += ']';
  }

  /** @param {object} value */
  writeMembers(value) {
    this.text += '{';
    let separator = '';
    // Unlike `Object.keys` it need not have them all.
    for (const key in value) {
      if (this.full) break;
      if (!Object.hasOwn(value, key)) continue;
      const before = this.text;
      this.text += `${separator}${JSON.stringify(key.slice(0, this.room))}:`;
      const hidden = this.instances > 0 && SECRET.test(key);
      if (this.write(hidden ? hide(get(value, key)) : get(value, key), key)) separator = ',';
      else this.text = before;
    }
    this.text += '}';
  }
}

/** @param {unknown} value of a member that is named like a secret: numbers, as of tokens, are none */
function hide(value) {
  const isSecret = typeof value === 'string' || (typeof value === 'object' && value !== null);
  return isSecret ? '[Hidden]' : value;
}

/** @param {object} value */
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Stands for a property whose getter threw. */
const UNREADABLE = '[Unreadable]';

/**
 * @param {any} holder
 * @param {string | number} key
 */
function get(holder, key) {
  try {
    return holder[key];
  } catch {
    return UNREADABLE;
  }
}

/**
 * What JSON would write for an object, unless that could take long.
 *
 * @param {any} value
 * @param {string} key
 */
function toPlain(value, key) {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    return `[${value.constructor.name}: ${value.byteLength} bytes]`;
  }
  if (types.isMap(value) || types.isSet(value)) return `[${value.constructor.name}: ${value.size}]`;
  // Before `toJSON`: that of some HTTP clients' errors tells the request, headers included.
  if (types.isNativeError(value)) return `${value.name}: ${value.message}`;
  return typeof value.toJSON === 'function' ? value.toJSON(key) : value;
}

module.exports = { summarize, summarizeArguments };
