// JSON for people, made from the text itself: keys keep their order and numbers their spelling, which
// JSON.parse would change.
import { h } from '../dom.js';
import { placeholders } from './images.js';

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;
/** Longer texts are shown without colors, in milliseconds instead of seconds. */
const MAX_COLORED = 200_000;

/** Whether a text is a JSON object or array. @param {string} text */
export function isJson(text) {
  const trimmed = text.trim();
  if (!/^[{[]/.test(trimmed)) return false;
  try {
    JSON.parse(trimmed);
    return true;
  } catch {
    return false;
  }
}

/**
 * Indents JSON. A text that is not JSON comes back with what it has, in some order of lines.
 *
 * @param {string} text
 * @param {(token: string, isKey: boolean) => void} [visit] called with every token and every white space
 * @returns {string}
 */
export function indent(text, visit = () => {}) {
  const tokens = text.match(TOKEN) ?? [];
  let depth = 0;
  let out = '';
  const write = (/** @type {string} */ token, isKey = false) => {
    out += token;
    visit(token, isKey);
  };
  const line = () => write(`\n${'  '.repeat(depth)}`);
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token === '{' || token === '[') {
      write(token);
      depth += 1;
      if (next !== '}' && next !== ']') line();
    } else if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      const before = tokens[index - 1];
      if (before !== '{' && before !== '[') line();
      write(token);
    } else if (token === ',') {
      write(token);
      line();
    } else if (token === ':') write(': ');
    else write(token, next === ':');
  }
  return out;
}

/** @param {string} text */
export function jsonView(text) {
  const pre = h('pre', { class: 'json', tabindex: '0' });
  if (text.length > MAX_COLORED) {
    pre.append(indent(text));
    return pre;
  }
  let plain = '';
  const flush = () => {
    if (plain) pre.append(plain);
    plain = '';
  };
  indent(text, (token, isKey) => {
    const kind = isKey
      ? 'key'
      : token.startsWith('"')
        ? 'text'
        : /^[-\dtfn]/.test(token)
          ? 'value'
          : '';
    if (kind === '') {
      plain += token;
      return;
    }
    flush();
    pre.append(h('span', { class: `json-${kind}` }, kind === 'text' ? placeholders(token) : token));
  });
  flush();
  return pre;
}
