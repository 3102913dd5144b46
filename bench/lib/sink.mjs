import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The sink, running; see sink/src/main.rs. */
export class Sink {
  #process;
  #lines;

  /** @param {string} binary */
  static async start(binary) {
    const sink = new Sink();
    sink.binary = binary;
    sink.#process = spawn(binary, ['serve'], { stdio: ['pipe', 'pipe', 'inherit'] });
    sink.#lines = createInterface({ input: sink.#process.stdout })[Symbol.asyncIterator]();
    Object.assign(sink, await sink.#read());
    return sink;
  }

  async #read() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the sink has ended; run it by hand to see why');
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

  /** @param {number} ms before every answer from now on */
  setLatency(ms) {
    return this.#ask(`latency ${ms}`);
  }

  /** @param {boolean} secure */
  url(secure) {
    return secure ? `https://127.0.0.1:${this.https}` : `http://127.0.0.1:${this.http}`;
  }

  /**
   * The least that a client can do, against this sink.
   *
   * @param {string} body
   * @param {number} connections
   * @param {number} requests
   * @returns {Promise<number>} requests in a second
   */
  async load(body, connections, requests) {
    const command = ['load', String(this.http), String(connections), String(requests)];
    const load = spawn(this.binary, command, { stdio: ['pipe', 'pipe', 'inherit'] });
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
