import { randomUUID } from 'node:crypto';
import { inFlight } from './in-flight.mjs';
import { toWire } from './wire.mjs';

const AGENT = '7c3f0f4e-2d1b-4b52-9a56-0e8f4f1f5f10';

/**
 * What a developer writes without an SDK: one POST for each trace, its answer read and checked, with no
 * retries, no limits and no validation.
 *
 * @param {import('./index.mjs').Job & { transport: 'undici' | 'fetch', bare?: boolean }} job `bare`
 *   sends the task as it is, which the platform would refuse: what the transport alone costs
 */
export async function make({ url, ca, inFlight: width, transport, bare = false }) {
  const path = `/agents/${AGENT}/trace`;
  const headersOf = () => ({
    'content-type': 'application/json',
    'x-agent-id': AGENT,
    'x-agent-key': 'bench-secret-0123456789',
    'user-agent': 'by-hand/1.0',
    'idempotency-key': randomUUID(),
  });
  const bodyOf = bare ? JSON.stringify : (/** @type {any} */ task) => JSON.stringify(toWire(task));

  /** @type {import('undici').Pool | undefined} */
  let pool;
  if (transport === 'undici') {
    const { Pool } = await import('undici');
    pool = new Pool(url, { connections: width, pipelining: 1, connect: { ca } });
  }

  /** @param {object} task */
  async function post(task) {
    const method = /** @type {const} */ ('POST');
    const request = { method, headers: headersOf(), body: bodyOf(task) };
    if (pool) {
      const { statusCode, body } = await pool.request({ path, ...request });
      return check(statusCode, await body.json());
    }
    const response = await fetch(url + path, request);
    return check(response.status, await response.json());
  }

  /**
   * @param {number} status
   * @param {any} answer
   */
  function check(status, answer) {
    if (status >= 400) throw new Error(`refused with ${status}: ${answer?.message}`);
    return { success: true, statusCode: status, message: answer.message, data: answer };
  }

  return {
    async send(/** @type {object[]} */ tasks, /** @type {number} */ count) {
      let delivered = 0;
      await inFlight(count, width, async (index) => {
        const { success } = await post(tasks[index % tasks.length]);
        delivered += success ? 1 : 0;
      });
      return delivered;
    },
    async close() {
      await pool?.close();
    },
  };
}
