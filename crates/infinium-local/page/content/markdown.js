// Markdown for reading. It makes elements, never HTML; links show where they lead and can be clicked only if
// they lead to the web.
import { h } from '../dom.js';
import { placeholders } from './images.js';

/** @typedef {import('../dom.js').Child} Child */

/** Whether a text looks as if it was written as Markdown. @param {string} text */
export function isMarkdown(text) {
  return /^(#{1,6} |\s*[-*] \S|\s*\d+\. \S|```|> |\|.*\|$)|\*\*\S[^*]*\*\*|\[[^\]]+\]\(/m.test(
    text,
  );
}

/** @param {string} text */
export function markdownView(text) {
  const view = h('div', { class: 'markdown' });
  const lines = text.split(/\r?\n/);
  let index = 0;
  /** @param {(line: string) => boolean} accept */
  const takeWhile = (accept) => {
    const taken = [];
    while (index < lines.length && accept(lines[index])) taken.push(lines[index++]);
    return taken;
  };
  while (index < lines.length) {
    const line = lines[index];
    const fence = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (fence) {
      index += 1;
      const code = takeWhile((other) => !other.trim().startsWith(fence));
      index += 1;
      view.append(h('pre', { tabindex: '0' }, placeholders(code.join('\n'))));
    } else if (heading) {
      index += 1;
      // The page has headings of its own, above these.
      view.append(
        h('p', { class: `heading-${heading[1].length}` }, h('strong', {}, inline(heading[2]))),
      );
    } else if (/^\s*([-*+]|\d+[.)])\s+/.test(line)) {
      const items = takeWhile(
        (other) => /^\s*([-*+]|\d+[.)])\s+/.test(other) || /^\s{2,}\S/.test(other),
      );
      const isOrdered = /^\s*\d/.test(line);
      view.append(h(isOrdered ? 'ol' : 'ul', {}, items.map(listItem)));
    } else if (/^\s*>/.test(line)) {
      const quoted = takeWhile((other) => /^\s*>/.test(other));
      view.append(
        h(
          'blockquote',
          {},
          markdownView(quoted.map((other) => other.replace(/^\s*> ?/, '')).join('\n')),
        ),
      );
    } else if (/^\s*\|.*\|\s*$/.test(line)) {
      view.append(table(takeWhile((other) => /^\s*\|.*\|\s*$/.test(other))));
    } else if (line.trim() === '') {
      index += 1;
    } else {
      const paragraph = [lines[index++]];
      const isPlain = (/** @type {string} */ other) =>
        other.trim() !== '' && !/^\s*(#{1,6} |[-*+] |\d+[.)] |>|```|~~~|\|)/.test(other);
      paragraph.push(...takeWhile(isPlain));
      view.append(h('p', {}, inline(paragraph.join('\n'))));
    }
  }
  return view;
}

/** @param {string} line */
function listItem(line) {
  const depth = Math.floor((/^\s*/.exec(line)?.[0].length ?? 0) / 2);
  const item = h('li', {}, inline(line.replace(/^\s*([-*+]|\d+[.)])\s+/, '')));
  item.style.marginLeft = `${Math.min(depth, 8)}em`;
  return item;
}

/** @param {string[]} lines */
function table(lines) {
  const rows = lines
    .filter((line) => !/^\s*\|[\s:|-]+\|\s*$/.test(line))
    .map((line) => line.trim().slice(1, -1).split('|'));
  const [head = [], ...others] = rows;
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0' },
    h(
      'table',
      {},
      h(
        'tr',
        {},
        head.map((cell) => h('th', {}, inline(cell.trim()))),
      ),
      others.map((row) =>
        h(
          'tr',
          {},
          row.map((cell) => h('td', {}, inline(cell.trim()))),
        ),
      ),
    ),
  );
}

const INLINE = /(`+)(.+?)\1|\*\*(.+?)\*\*|\*([^*\s][^*]*)\*|\[([^\]]*)\]\(([^()\s]+)\)/gs;

/**
 * @param {string} text
 * @returns {Child[]}
 */
function inline(text) {
  /** @type {Child[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, , code, bold, italic, label, target] = match;
    parts.push(...placeholders(text.slice(end, match.index)));
    if (code !== undefined) parts.push(h('code', {}, code));
    else if (bold !== undefined) parts.push(h('strong', {}, inline(bold)));
    else if (italic !== undefined) parts.push(h('em', {}, italic));
    else if (/^https?:\/\//i.test(target)) {
      parts.push(
        h('a', { href: target, target: '_blank', rel: 'noreferrer noopener' }, label || target),
      );
    } else parts.push(`${label} (${target})`);
    end = match.index + whole.length;
  }
  parts.push(...placeholders(text.slice(end)));
  return parts;
}
