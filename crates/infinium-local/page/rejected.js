// Requests that were refused: what came in, and what was wrong with it.
import { getJson } from './api.js';
import { jsonView } from './content/json.js';
import { copyButton } from './copy.js';
import { fill, h } from './dom.js';
import { bytes, when } from './format.js';
import { follow } from './live.js';
import { MAX_BODY } from './trace/raw.js';

/** What to do about an answer. @type {Record<number, string>} */
const ADVICE = {
  400: 'Send the headers of the SDK, and a body in UTF-8.',
  401: 'Check the agent id and its secret. The first secret that an agent used here is required from then on; Delete all does not forget it, another --db does.',
  404: 'Check the agent id: this platform was started with --agent.',
  408: 'The body took too long to arrive.',
  413: `Shorten summaries and steps: the platform takes ${MAX_BODY.toLocaleString('en')} bytes.`,
  415: 'Set content-type: application/json.',
  422: 'Fix the fields below.',
};

/**
 * @typedef {{ number: number, receivedMs: number, agent: string, status: number, message: string,
 *   errors: { field: string, message: string }[], headers: [string, string][], bytes: number, body: string }} Rejected
 */

/** @type {import('./router.js').View} */
export function rejectedView({ main }) {
  const list = h('div', { class: 'cards' });
  /** The number of the newest that is shown. */
  let shown = -1;
  main.append(
    h(
      'div',
      { class: 'page', tabindex: '0', role: 'region', 'aria-label': 'Rejected requests' },
      h('h1', {}, 'Rejected requests'),
      h(
        'p',
        { class: 'quiet' },
        'What the platform did not accept, and why. The newest 1,000 are kept.',
      ),
      list,
    ),
  );
  return follow(async () => {
    try {
      /** @type {Rejected[]} */
      const rejected = await getJson('/local/rejected');
      const last = rejected[0]?.number ?? 0;
      // What is open stays open, unless there is something new.
      if (last === shown) return;
      shown = last;
      if (rejected.length === 0) {
        fill(list, h('p', {}, 'None: everything that arrived was accepted.'));
      } else {
        fill(list, rejected.map(card));
      }
    } catch (error) {
      fill(list, h('p', {}, error instanceof Error ? error.message : String(error)));
    }
  });
}

/** @param {Rejected} request */
function card(request) {
  const { status, agent, errors, headers, body } = request;
  return h(
    'article',
    { class: 'card' },
    h(
      'p',
      {},
      h('span', { class: 'state failed' }, String(status)),
      ' ',
      h('strong', {}, request.message),
    ),
    h('p', { class: 'quiet' }, [agent, when(request.receivedMs), bytes(request.bytes)].join(' · ')),
    ADVICE[status] && h('p', {}, ADVICE[status]),
    errors.length > 0 &&
      h(
        'div',
        { class: 'table-scroll', tabindex: '0' },
        h(
          'table',
          {},
          h('tr', {}, h('th', {}, 'Field'), h('th', {}, 'Problem')),
          errors.map(({ field, message }) =>
            h('tr', {}, h('td', { class: 'mono' }, field), h('td', {}, message)),
          ),
        ),
      ),
    h(
      'details',
      {},
      h('summary', {}, 'Headers and body'),
      h('pre', { tabindex: '0' }, headers.map(([name, value]) => `${name}: ${value}`).join('\n')),
      jsonOrText(body),
      request.bytes > body.length &&
        h('p', { class: 'quiet' }, 'The rest of the body was not kept.'),
      copyButton('Copy body', () => body),
    ),
  );
}

/** @param {string} body */
function jsonOrText(body) {
  return /^\s*[{[]/.test(body) ? jsonView(body) : h('pre', { tabindex: '0' }, body || '(no body)');
}
