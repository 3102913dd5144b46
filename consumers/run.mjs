// Tries the packages with the tools that users have: `node consumers/run.mjs [--quick] [--built] [name …]`.
//
// It packs what is built for the tests, or with `--built` the binaries that scripts/cross.mjs has built, and installs it
// from a registry on this machine. Names choose cases. docs/consumers.md says what each case needs.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Missing } from '../scripts/missing.mjs';
import { installPackages } from '../scripts/packages.mjs';
import { root, run, stop, target } from '../scripts/run.mjs';
import { bundlers } from './cases/bundlers.mjs';
import { frameworks } from './cases/frameworks.mjs';
import { integrations } from './cases/integrations.mjs';
import { managers } from './cases/managers.mjs';
import { register } from './cases/register.mjs';
import { runtimes } from './cases/runtimes.mjs';
import { systems } from './cases/systems.mjs';
import { testRunners } from './cases/test-runners.mjs';
import { workers } from './cases/workers.mjs';
import { World } from './world.mjs';

/**
 * @typedef {object} Case
 * @property {string} name as in docs/consumers.md
 * @property {boolean} [quick] whether it is part of `npm test`
 * @property {(world: World) => Promise<void>} run
 */

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, built: { type: 'boolean' } },
});

const all = [
  ...managers,
  ...runtimes,
  ...systems,
  ...workers,
  ...bundlers,
  ...frameworks,
  ...integrations,
  ...register,
  ...testRunners,
];
const documented = readFileSync(path.join(root, 'docs', 'consumers.md'), 'utf8');
const rows = [...documented.matchAll(/^\| (.+?)( \\\*)? +\|/gm)];
const starred = new Map(rows.map(([, name, star]) => [name, star !== undefined]));
const wrong = all.filter(({ name, quick = false }) => starred.get(name) !== quick);
if (wrong.length > 0) {
  stop(`docs/consumers.md lacks these, or their star is wrong: ${wrong.map(({ name }) => name)}`);
}

const cases = all.filter(({ name, quick }) =>
  positionals.length > 0 ? positionals.includes(name) : quick || !options.quick,
);
installPackages('consumers/quick');
if (cases.some(({ quick }) => !quick)) installPackages('consumers/full');
if (cases.some((each) => frameworks.includes(each))) installPackages('consumers/frameworks');

const packages = path.join(target, options.built ? 'filled-packages' : 'quick-packages');
const which = options.built ? '--fill' : '--quick';
run(process.execPath, ['scripts/pack.mjs', which, '--to', packages, 'infinium-o2']);

const counts = { passed: 0, failed: 0, skipped: 0 };
const world = new World();
try {
  await world.start(packages);
  for (const { name, run: tryIt } of cases) {
    const start = performance.now();
    try {
      await tryIt(world);
      counts.passed += 1;
      console.log(`✓ ${name} (${Math.round(performance.now() - start)} ms)`);
    } catch (error) {
      if (error instanceof Missing) {
        counts.skipped += 1;
        console.log(`○ ${name}: ${error.message}`);
      } else {
        counts.failed += 1;
        console.error(`✕ ${name}\n${/** @type {Error} */ (error).stack}`);
      }
    }
  }
} finally {
  world.stop();
}
console.log(
  `Consumers: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
);
process.exit(counts.failed > 0 ? 1 : 0);
