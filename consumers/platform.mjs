// A platform on this machine that accepts everything and tells which tasks have arrived. Below /openai, it is a model.
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

/**
 * @typedef {object} Platform
 * @property {string} url
 * @property {(name: string) => Promise<any>} arrival takes the task of this name when it has arrived
 * @property {() => void} stop
 */

/** @returns {Promise<Platform>} */
export async function startPlatform() {
  /** @type {Map<string, any>} */
  const tasks = new Map();
  const arrivals = new EventEmitter().setMaxListeners(0);
  const server = createServer(async (request, response) => {
    /** @type {any} */
    const task = request.method === 'POST' ? await json(request) : {};
    if (request.url?.startsWith('/openai/')) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(completion(task.model)));
      return;
    }
    tasks.set(task.name, task);
    arrivals.emit(`task ${task.name}`);
    response.end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    async arrival(name) {
      if (!tasks.has(name)) {
        const signal = AbortSignal.timeout(20_000);
        await once(arrivals, `task ${name}`, { signal }).catch(() => {
          const others = [...tasks.keys()].join(', ') || 'nothing';
          throw new Error(`The task ${name} has not arrived, but: ${others}`);
        });
      }
      const task = tasks.get(name);
      // The next case may have a task of the same name.
      tasks.delete(name);
      return task;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What OpenAI answers. @param {string} model */
function completion(model) {
  return {
    id: 'c',
    object: 'chat.completion',
    model,
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello' } },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  };
}
