// Requests to the platform that this page comes from.

/**
 * @typedef {{ number: number, traceId: string, agent: string, receivedMs: number, source: string, name: string,
 *   durationMs: number, steps: number, failedSteps: number, failed: boolean, error: string | null,
 *   outcome: string | null, session: string | null, models: string, promptTokens: number,
 *   completionTokens: number, tokens: number, costUsd: number | null, bytes: number }} Row
 * @typedef {{ traces: Row[], next: string | null, total?: number, totalIsMore: boolean }} Page
 * @typedef {Record<string, string>} Query
 */

/** An answer that is not what was asked for. */
export class RequestError extends Error {}

/**
 * @param {string} path
 * @param {Query} [query] empty values are left out
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
async function request(path, query = {}, init = {}) {
  const used = Object.entries(query).filter(([, value]) => value !== '');
  const search = new URLSearchParams(used).toString();
  let response;
  try {
    response = await fetch(search ? `${path}?${search}` : path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new RequestError('The platform does not answer: is infinium-local still running?');
  }
  if (response.ok) return response;
  const answer = await response.json().catch(() => ({}));
  throw new RequestError(answer.message ?? `The platform answered with status ${response.status}.`);
}

/**
 * @param {string} path
 * @param {Query} [query]
 * @param {RequestInit} [init]
 */
export async function getJson(path, query, init) {
  return (await request(path, query, init)).json();
}

/**
 * @param {string} path
 * @param {Query} [query]
 */
export async function getText(path, query) {
  return (await request(path, query)).text();
}

/** @param {string} path */
export async function remove(path) {
  await request(path, {}, { method: 'DELETE' });
}
