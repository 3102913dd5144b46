// A text of a trace, as text, Markdown or JSON.
import { copyButton } from '../copy.js';
import { h } from '../dom.js';
import { placeholders } from './images.js';
import { isJson, jsonView } from './json.js';
import { isMarkdown, markdownView } from './markdown.js';

/** Texts with more lines are folded. */
const FOLDED_LINES = 60;

/**
 * @param {string} title
 * @param {unknown} value texts as they are, everything else as JSON
 * @param {{ cutAt?: number }} [options] the length at which the sender cuts such texts
 */
export function content(title, value, { cutAt } = {}) {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  /** @type {[string, () => HTMLElement][]} */
  const formats = [['Text', () => h('pre', { tabindex: '0' }, placeholders(text))]];
  if (isMarkdown(text)) formats.push(['Markdown', () => markdownView(text)]);
  if (isJson(text)) formats.push(['JSON', () => jsonView(text)]);
  const shown = h('div', { class: 'content' });
  const isLong = text.length > 6000 || text.split('\n', FOLDED_LINES + 1).length > FOLDED_LINES;
  shown.classList.toggle('folded', isLong);
  const buttons = formats.map(([name, make]) =>
    h('button', { on: { click: () => choose(name, make) } }, name),
  );
  /** @param {string} name @param {() => HTMLElement} make */
  function choose(name, make) {
    shown.replaceChildren(make());
    for (const button of buttons) {
      button.setAttribute('aria-pressed', String(button.textContent === name));
    }
  }
  const [name, make] = formats[formats.length - 1];
  choose(name, make);
  const isCut = cutAt !== undefined && text.endsWith('...') && [...text].length === cutAt;
  return h(
    'section',
    { class: 'part' },
    h(
      'div',
      { class: 'part-head' },
      h('h3', {}, title),
      isCut &&
        h('span', { class: 'tag', title: `Texts like this are cut at ${cutAt} characters` }, 'cut'),
      h(
        'span',
        { class: 'formats' },
        formats.length > 1 && buttons,
        isLong && foldButton(shown),
        copyButton('Copy', () => text),
      ),
    ),
    shown,
  );
}

/** @param {HTMLElement} shown */
function foldButton(shown) {
  const toggle = () => {
    button.textContent = shown.classList.toggle('folded') ? 'Show all' : 'Show less';
  };
  const button = h('button', { on: { click: toggle } }, 'Show all');
  return button;
}
