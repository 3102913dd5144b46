// Counts the instructions of the hot Rust functions, which do not depend on how busy the machine is, and
// compares them with the recorded counts. It reports differences and never fails because of one.
//
//   node bench/instructions.mjs            compares with instructions.json
//   node bench/instructions.mjs --record   writes a new instructions.json

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, buildBinary } from './lib/setup.mjs';
import { table } from './lib/tables.mjs';
import { makePool } from './lib/tasks.mjs';

const RECORD = join(BENCH, 'instructions.json');
/** Smaller changes are ignored: new compilers and dependencies cause them, too. */
const TOLERANCE = 0.05;

const ANSWER = {
  success: true,
  message: 'Trace stored',
  traceId: '0b5f2c1e-8f44-4c07-9e0a-6d1b7c3a9d52',
};

/** @type {{ name: string, function: string, input: string, times: number }[]} */
const CASES = [
  ...[1, 8, 64].map((kb) => ({
    name: `encode a task of ${kb} KB`,
    function: 'encode',
    input: taskOf(kb, 'ascii'),
    times: Math.ceil(800 / kb),
  })),
  {
    name: 'encode a task of 8 KB with emoji',
    function: 'encode',
    input: taskOf(8, 'emoji'),
    times: 100,
  },
  {
    name: 'encode and redact a task of 8 KB',
    function: 'redact',
    input: taskOf(8, 'ascii'),
    times: 100,
  },
  {
    name: 'hide secrets in a text of 3 KB',
    function: 'hide',
    input: taskOf(3, 'ascii'),
    times: 400,
  },
  { name: 'read an answer', function: 'answer', input: JSON.stringify(ANSWER), times: 2_000 },
  { name: 'pass the limits, with a rate', function: 'limit', input: '', times: 5_000 },
  { name: 'pass the limits, without a rate', function: 'no-limit', input: '', times: 5_000 },
];

/**
 * @param {number} kb
 * @param {'ascii' | 'emoji'} text
 */
function taskOf(kb, text) {
  return JSON.stringify(makePool(kb * 1024, text)[0]);
}

/**
 * @param {string} binary
 * @param {{ function: string, input: string }} measured
 * @param {number} times
 * @returns {number} instructions of the whole process
 */
function countRun(binary, { function: name, input }, times) {
  const tool = ['--tool=callgrind', '--callgrind-out-file=/dev/null'];
  const args = [...tool, binary, name, String(times)];
  const { status, stderr } = spawnSync('valgrind', args, { input, encoding: 'utf8' });
  const collected = stderr?.match(/Collected : (\d+)/);
  if (status !== 0 || !collected) throw new Error(`valgrind ${args.join(' ')} failed:\n${stderr}`);
  return Number(collected[1]);
}

/**
 * Counts the instructions of one call as the difference between `2 * times` and `times` calls, so that
 * neither the start of the process nor the first call counts.
 *
 * @param {string} binary
 * @param {typeof CASES[number]} measured
 */
function count(binary, measured) {
  const { times } = measured;
  return Math.round(
    (countRun(binary, measured, 2 * times) - countRun(binary, measured, times)) / times,
  );
}

/** @returns {boolean} */
function hasValgrind() {
  return spawnSync('valgrind', ['--version'], { stdio: 'ignore' }).status === 0;
}

function main() {
  if (!hasValgrind()) {
    console.log('skipped: valgrind is not installed');
    return;
  }
  const binary = buildBinary('infinium-bench-instructions');
  const rustc = execFileSync('rustc', ['--version'], { encoding: 'utf8' }).split(' ')[1];
  const counted = Object.fromEntries(
    CASES.map((measured) => [measured.name, count(binary, measured)]),
  );

  if (process.argv.includes('--record')) {
    const record = { rustc, arch: process.arch, instructions: counted };
    writeFileSync(RECORD, `${JSON.stringify(record, undefined, 2)}\n`);
    console.log(`Recorded in ${RECORD}:`);
  }
  compare(counted, rustc);
}

/**
 * @param {Record<string, number>} counted
 * @param {string} rustc
 */
function compare(counted, rustc) {
  /** @type {{ rustc: string, arch: string, instructions: Record<string, number> }} */
  const record = existsSync(RECORD)
    ? JSON.parse(readFileSync(RECORD, 'utf8'))
    : { rustc: 'nothing', arch: '', instructions: {} };
  let changed = 0;
  const rows = Object.entries(counted).map(([name, now]) => {
    const before = record.instructions[name];
    const change = before ? now / before - 1 : Number.NaN;
    const isLarge = Math.abs(change) > TOLERANCE;
    changed += isLarge ? 1 : 0;
    const percent = Number.isNaN(change) ? 'new' : `${(100 * change).toFixed(1)} %`;
    return [
      name,
      before?.toLocaleString('en-US') ?? '–',
      now.toLocaleString('en-US'),
      isLarge ? `${percent} (!)` : percent,
    ];
  });
  console.log(table(['instructions', 'recorded', 'now', 'change'], rows));
  if (record.rustc !== rustc || record.arch !== process.arch) {
    console.log(
      `Recorded with Rust ${record.rustc} on ${record.arch}, counted with ${rustc} on ` +
        `${process.arch}: the compiler may be the cause of a change.`,
    );
  }
  const advice =
    'find out why, then record the new counts with `node bench/instructions.mjs --record`.';
  if (changed > 0) console.log(`${changed} changed by more than ${100 * TOLERANCE} %: ${advice}`);
  else console.log(`Nothing changed by more than ${100 * TOLERANCE} %.`);
}

main();
