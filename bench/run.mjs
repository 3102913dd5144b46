// Measures infinium-o2 and its rivals; README.md says what is measured and how.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine, sizeOfAddon } from './lib/machine.mjs';
import { plan } from './lib/plan.mjs';
import { plotSizes, report } from './lib/report.mjs';
import { Results } from './lib/results.mjs';
import { Rounds } from './lib/rounds.mjs';
import { BENCH, setUp } from './lib/setup.mjs';
import { Sink } from './lib/sink.mjs';
import { measureStart } from './lib/start.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
    package: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  console.log(`npm run bench -- [options]

  --quick          only the main scenarios, three rounds, under two minutes
  --long           also one run of a million traces
  --rounds <n>     number of rounds (default 5, or 3 with --quick)
  --only <ids>     only scenarios whose id begins with one of these; separate them with commas
  --package <dir>  measure the built package in this directory instead of building this one`);
  process.exit();
}

const { quick, long } = options;
const rounds = options.rounds ? Number(options.rounds) : quick ? 3 : 5;
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds must be 1 or more');
const only = options.only?.split(',');
const wanted = (/** @type {string} */ id) => !only || only.some((start) => id.startsWith(start));
/** Only a complete run updates the tables of README.md and the plot. */
const complete = !quick && !only && rounds >= 5;

const built = setUp({
  directory: options.package && resolve(options.package),
  python: !quick && wanted('concurrent'),
});
const began = performance.now();
const sink = await Sink.start(built.sink);
const contest = new Rounds(sink, built);

/** @param {string} line */
function progress(line) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

/** @type {Record<string, Record<string, import('./lib/rounds.mjs').Sample[]>>} */
const samples = {};
const python = built.python !== undefined;
for (const scenario of plan({ quick, long, rounds, python })) {
  if (wanted(scenario.id)) samples[scenario.id] = await contest.all(scenario, progress);
}
let start;
if (wanted('start')) {
  await sink.setLatency(0);
  const job = { url: sink.url({ secure: false }), directory: built.directory, rounds: 3 * rounds };
  start = await measureStart(job, progress);
}
await sink.stop();
progress('');

const results = new Results(samples);
const machine = describeMachine(built.directory, rounds);
const { text, bars } = report(results, { machine, start, files: sizeOfAddon(built.directory) });
console.log(text);

// The samples of a run stay on the machine; what the documents show of a complete run is committed.
const output = join(BENCH, 'results');
mkdirSync(output, { recursive: true });
const file = join(output, complete ? 'complete.json' : 'partial.json');
writeFileSync(file, `${JSON.stringify({ machine, bars, samples, start }, shorten, 1)}\n`);
const plot = plotSizes(results);
if (plot) writeFileSync(complete ? join(BENCH, 'cost.svg') : join(output, 'cost.svg'), plot);
if (complete) keepInReadme(text);
console.log(`\nTook ${Math.round((performance.now() - began) / 1e3)} s. All samples: ${file}`);

/**
 * @param {string} _key
 * @param {unknown} value
 */
function shorten(_key, value) {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}

/** @param {string} tables */
function keepInReadme(tables) {
  const readme = join(BENCH, 'README.md');
  const before = readFileSync(readme, 'utf8');
  const marks = /(<!-- last run -->\n)[\s\S]*(\n<!-- end of last run -->)/;
  // A function, because a replacement string would give `$` in the tables a special meaning.
  writeFileSync(
    readme,
    before.replace(marks, (_, head, tail) => `${head}\n${tables}\n${tail}`),
  );
}
