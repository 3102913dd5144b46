// Runs scenarios: round after round, each contestant in its own process.

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTESTANTS } from '../contestants/index.mjs';
import { toWire } from '../contestants/wire.mjs';
import { BENCH } from './setup.mjs';
import { makePool } from './tasks.mjs';

/** Time limit of one contestant in one round, ms; after it, its process is killed. */
const ROUND_TIMEOUT = 180_000;

/**
 * @typedef {object} Sample one contestant in one round
 * @property {number} [main] µs of CPU of the main thread for each trace
 * @property {number} [total] µs of CPU of all threads for each trace
 * @property {number} [rate] traces in a second
 * @property {number} [p50] @property {number} [p99] @property {number} [max] delay of the event loop, ms
 * @property {number} [peak] @property {number} [kept] growth of the resident set, MB
 * @property {number} [threads] added since before the client was made
 * @property {number} [sent] @property {number} [arrived] traces
 * @property {string} [error]
 */

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ input?: string, env?: Record<string, string> }} options
 * @returns {Promise<any>} the last line of its output, read as JSON
 */
function run(command, args, { input = '', env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: BENCH, env: { ...process.env, ...env } });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      errors += data;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const timer = setTimeout(() => child.kill('SIGKILL'), ROUND_TIMEOUT);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      try {
        resolve(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
      } catch {
        reject(new Error(errors.trim().slice(0, 500) || `ended with ${signal ?? code}`));
      }
    });
  });
}

/**
 * @param {import('./plan.mjs').Scenario} scenario
 * @param {string} contestant
 */
function countFor(scenario, contestant) {
  const pace = scenario.exact ? 1 : CONTESTANTS[contestant].pace;
  const measured = Math.ceil((scenario.count * pace) / 100) * 100;
  // Even a short run of large tasks must be longer than the kernel's clock tick.
  const count = scenario.kb > 64 ? Math.max(20, Math.ceil(scenario.count * pace)) : measured;
  return { count, warm: Math.max(20, Math.ceil(count * scenario.warm)) };
}

export class Rounds {
  #secure;

  /**
   * @param {import('./sink.mjs').Sink} sink
   * @param {{ directory: string, python?: string }} built
   */
  constructor(sink, { directory, python }) {
    this.sink = sink;
    this.directory = directory;
    this.python = python;
    const file = join(tmpdir(), `infinium-bench-${process.pid}.pem`);
    writeFileSync(file, sink.ca);
    this.#secure = { NODE_EXTRA_CA_CERTS: file };
  }

  /**
   * @param {import('./plan.mjs').Scenario} scenario
   * @param {(line: string) => void} progress
   * @returns {Promise<Record<string, Sample[]>>} by contestant
   */
  async all(scenario, progress) {
    /** @type {Record<string, Sample[]>} */
    const samples = Object.fromEntries(scenario.contestants.map((name) => [name, []]));
    await this.sink.setLatency(scenario.latency);
    for (let round = 1; round <= scenario.rounds; round += 1) {
      for (const contestant of scenario.contestants) {
        progress(`${scenario.id}, round ${round} of ${scenario.rounds}: ${contestant}`);
        samples[contestant].push(await this.one(scenario, contestant));
      }
    }
    return samples;
  }

  /**
   * @param {import('./plan.mjs').Scenario} scenario
   * @param {string} contestant
   * @returns {Promise<Sample>}
   */
  async one(scenario, contestant) {
    try {
      if (contestant === 'limit') return await this.limit(scenario);
      await this.sink.reset();
      const { count, warm } = countFor(scenario, contestant);
      const result = await this.child(scenario, contestant, { count, warm });
      const { traces } = await this.sink.count();
      const { sent, delivered, main, total, wall, ...rest } = result;
      const sample = { ...rest, sent, arrived: contestant === 'floor' ? sent : traces };
      if (delivered !== sent) sample.error = `reported ${delivered} of ${sent} traces as delivered`;
      if (wall !== undefined) {
        sample.main = main === undefined ? undefined : main / count;
        sample.total = total / count;
        sample.rate = (count / wall) * 1e6;
      }
      return sample;
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  }

  /**
   * @param {import('./plan.mjs').Scenario} scenario
   * @param {string} contestant
   * @param {{ count: number, warm: number }} counts
   */
  child(scenario, contestant, counts) {
    const { kb, text, measure, inFlight, clients, secure } = scenario;
    const url = this.sink.url({ secure });
    const bytes = Math.round(kb * 1024);
    if (contestant === 'python') {
      const pool = makePool(bytes, text).map(toWire);
      const input = JSON.stringify({ url, inFlight, pool, ...counts });
      return run(String(this.python), [join(BENCH, 'contestants/python/send.py')], { input });
    }
    const job = {
      contestant,
      measure,
      bytes,
      text,
      inFlight,
      clients,
      url,
      ca: secure ? this.sink.ca : undefined,
      package: this.directory,
      ...counts,
    };
    const args = ['--expose-gc', join(BENCH, 'child.mjs'), JSON.stringify(job)];
    return run(process.execPath, args, secure ? { env: this.#secure } : {});
  }

  /** @param {import('./plan.mjs').Scenario} scenario */
  async limit({ kb, text, count, inFlight }) {
    const body = JSON.stringify(makePool(Math.round(kb * 1024), text)[0]);
    return { rate: await this.sink.load(body, inFlight, Math.ceil(count * 2)) };
  }
}
