// Sends many traces to a platform, over several connections at once.
import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * @param {string} url the base URL of the platform
 * @param {number} count how many traces
 * @param {(number: number) => Record<string, any>} make the body of a trace
 * @param {{ connections?: number, agent?: string }} [options]
 * @returns {Promise<number>} the seconds that it took
 */
export async function sendTraces(url, count, make, { connections = 32, agent = 'agent-1' } = {}) {
  const { hostname, port, host, pathname } = new URL(url);
  const started = performance.now();
  let sent = 0;
  const work = async () => {
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    await once(socket, 'connect');
    while (sent < count) {
      const body = JSON.stringify(make(sent++));
      socket.write(
        `POST ${pathname}/agents/${agent}/trace HTTP/1.1\r\nhost: ${host}\r\nuser-agent: load\r\n` +
          `x-agent-id: ${agent}\r\nx-agent-key: a-secret-for-this-machine\r\n` +
          `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      const [answer] = await once(socket, 'data');
      if (!answer.toString().startsWith('HTTP/1.1 200')) throw new Error(answer.toString());
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: connections }, work));
  return (performance.now() - started) / 1000;
}
