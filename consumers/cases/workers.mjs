// Workers, which have no addon and no process of their own.
import assert from 'node:assert/strict';
import { load } from '../world.mjs';

/** @typedef {import('../run.mjs').Case} Case */

/** Answers a request with what a client has sent. */
const program = `
import { getCurrentIsoDatetime, InfiniumClient } from 'infinium-o2';

export default {
  async fetch(_request, { baseUrl }) {
    const client = new InfiniumClient({ agentId: 'an-agent', agentSecret: 'a-secret-of-tests', baseUrl });
    const task = { name: 'One', description: 'About', duration: 1 };
    client.enqueue(task);
    await client.flush();
    await client.sendBatch([{ ...task, currentDatetime: getCurrentIsoDatetime() }]);
    await client.close();
    return new Response('sent ' + client.stats().delivered + ' ' + client.runtime);
  },
};
`;

/** @type {Case['run']} */
async function miniflare(world) {
  const folder = world.project({ 'worker.mjs': program });
  const { build } = await load('esbuild', 'lib/main.js');
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['worker.mjs'],
    bundle: true,
    format: 'esm',
    mainFields: ['module', 'main'],
    external: ['node:*'],
    logLevel: 'silent',
    write: false,
  });
  const { Miniflare } = await load('miniflare', 'dist/src/index.js');
  const worker = new Miniflare({
    modules: true,
    script: outputFiles[0].text,
    compatibilityDate: '2025-06-01',
    compatibilityFlags: ['nodejs_compat'],
    bindings: { baseUrl: world.env.INFINIUM_BASE_URL },
  });
  try {
    const answer = await worker.dispatchFetch('http://localhost/');
    assert.equal(await answer.text(), 'sent 2 wasm');
  } finally {
    await worker.dispose();
  }
}

/** @type {Case[]} */
export const workers = [{ name: 'Cloudflare Workers (workerd)', run: miniflare }];
