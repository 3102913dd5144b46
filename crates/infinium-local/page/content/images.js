// Binary data within texts, shown as what it is: `[image/png, 231 KB]`.
import { h } from '../dom.js';
import { bytes } from '../format.js';

const DATA_URI = /data:([a-z]+\/[a-z0-9.+-]+)?(?:;[a-z]+=[^;,]*)*;base64,([A-Za-z0-9+/=_-]{16,})/g;
/** Long runs of base64 without a type. */
const BASE64 = /[A-Za-z0-9+/]{512,}={0,2}/g;

/**
 * The text with its binary data replaced.
 *
 * @param {string} text
 * @returns {(string | HTMLElement)[]}
 */
export function placeholders(text) {
  /** @type {(string | HTMLElement)[]} */
  const parts = [];
  let end = 0;
  const found = [
    ...text.matchAll(DATA_URI),
    ...(text.includes('data:') ? [] : text.matchAll(BASE64)),
  ];
  for (const match of found) {
    const [whole, type, data = whole] = match;
    const size = bytes(Math.floor((data.length * 3) / 4));
    parts.push(text.slice(end, match.index));
    parts.push(h('span', { class: 'tag' }, `[${type ?? 'binary data'}, ${size}]`));
    end = match.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== '');
}
