// The body as it came over the wire, and what the platform makes of it.

import { jsonView } from '../content/json.js';
import { copyButton } from '../copy.js';
import { h } from '../dom.js';
import { bytes, count } from '../format.js';

/** The largest body that the platform takes, in bytes. */
export const MAX_BODY = 1_048_576;

/** @param {string} text the body @param {string} agent */
export function raw(text, agent) {
  const size = new TextEncoder().encode(text).length;
  const share = ((size / MAX_BODY) * 100).toFixed(size < MAX_BODY / 100 ? 2 : 0);
  return h(
    'div',
    { class: 'raw' },
    h(
      'p',
      {},
      `${count(size)} bytes (${bytes(size)}), ${share} % of the ${count(MAX_BODY)} that the platform takes. `,
      'Keys are in the order in which they were sent: the platform cuts long bodies from the end.',
    ),
    h(
      'p',
      { class: 'formats' },
      copyButton('Copy JSON', () => text),
      copyButton('Copy as curl', () => asCurl(text, agent)),
    ),
    jsonView(text),
  );
}

/**
 * A command that sends the trace again.
 *
 * @param {string} text
 * @param {string} agent
 */
export function asCurl(text, agent) {
  const quote = (/** @type {string} */ value) => `'${value.replaceAll("'", `'\\''`)}'`;
  const url = `${location.origin}/api/v1/agents/${encodeURIComponent(agent)}/trace`;
  return [
    `curl ${quote(url)}`,
    `-H ${quote(`x-agent-id: ${agent}`)}`,
    '-H "x-agent-key: $INFINIUM_AGENT_SECRET"',
    "-H 'content-type: application/json'",
    `--data-binary ${quote(text)}`,
  ].join(' \\\n  ');
}
