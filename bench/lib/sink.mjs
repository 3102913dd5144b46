import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The running sink; see sink/src/main.rs. */
export class Sink {
  #binary;
  #process;
  #lines;
  /** Ports of both servers; 0 until the sink listens. */
  #ports = { http: 0, https: 0 };
  /** The certificate of the TLS server, as PEM. */
  ca = '';

  /** @param {string} binary */
  constructor(binary) {
    this.#binary = binary;
    this.#process = spawn(binary, ['serve'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** @param {string} binary */
  static async start(binary) {
    const sink = new Sink(binary);
    const { http, https, ca } = await sink.#read();
    sink.#ports = { http, https };
    sink.ca = ca;
    return sink;
  }

  async #read() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the sink exited; run it by hand to see why');
    return JSON.parse(value);
  }

  /** @param {string} line */
  async #ask(line) {
    this.#process.stdin.write(`${line}\n`);
    return this.#read();
  }

  /** @returns {Promise<{ requests: number, traces: number, bytes: number }>} since the last reset */
  count() {
    return this.#ask('count');
  }

  reset() {
    return this.#ask('reset');
  }

  /** @param {number} ms to wait before each answer, from now on */
  setLatency(ms) {
    return this.#ask(`latency ${ms}`);
  }

  /** @param {{ secure: boolean }} options `secure` for TLS */
  url({ secure }) {
    const { http, https } = this.#ports;
    return secure ? `https://127.0.0.1:${https}` : `http://127.0.0.1:${http}`;
  }

  /**
   * Sends the same bytes again and again: the upper limit of what any client reaches with this sink.
   *
   * @param {string} body
   * @param {number} connections
   * @param {number} requests
   * @returns {Promise<number>} requests per second
   */
  async load(body, connections, requests) {
    const command = ['load', String(this.#ports.http), String(connections), String(requests)];
    const load = spawn(this.#binary, command, { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    load.stdout.on('data', (data) => {
      output += data;
    });
    load.stdin.end(body);
    await once(load, 'close');
    const done = JSON.parse(output);
    return done.requests / done.seconds;
  }

  async stop() {
    this.#process.stdin.end();
    await once(this.#process, 'close');
  }
}
