// Measures the time from the start of a process to the answer to its first trace.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BENCH } from './setup.mjs';

/** The first only starts Node.js; its time is subtracted from that of the others. */
const PROGRAMS = ['empty', 'ours', 'fetch', 'undici'];

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<{ first: number, require?: number, client?: number }>} milliseconds
 */
async function start(program, args) {
  const file = join(BENCH, 'start', `${program}.cjs`);
  const started = performance.now();
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const [line] = await once(child.stdout, 'data');
  const first = performance.now() - started;
  await closed;
  return { first, ...JSON.parse(line) };
}

/**
 * @param {{ url: string, directory: string, rounds: number }} options
 * @param {(line: string) => void} progress
 * @returns {Promise<Record<string, any[]>>} by program; `first` beyond that of the empty one
 */
export async function measureStart({ url, directory, rounds }, progress) {
  /** @type {Record<string, any[]>} */
  const samples = Object.fromEntries(PROGRAMS.map((program) => [program, []]));
  // The first round fills the caches of the file system.
  for (let round = 0; round <= rounds; round += 1) {
    progress(`start, round ${round} of ${rounds}`);
    /** @type {Record<string, any>} */
    const times = {};
    for (const program of PROGRAMS) times[program] = await start(program, [url, directory]);
    if (round === 0) continue;
    for (const program of PROGRAMS) {
      const beyond = times[program].first - times.empty.first;
      samples[program].push({ ...times[program], beyond });
    }
  }
  return samples;
}
