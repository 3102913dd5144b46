// Publishes what scripts/pack.mjs has packed: `node scripts/publish.mjs [--dry-run] [<folder>]`.
//
// What others need comes first, so that no package can be installed before its parts. A package that is already
// published is left alone, so that a release that stopped halfway can be run again.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { run, stop, target } from './run.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'dry-run': { type: 'boolean' } },
});
const folder = path.resolve(positionals[0] ?? path.join(target, 'packages'));
const { GITHUB_ACTIONS, GITHUB_REF_TYPE, GITHUB_REF_NAME } = process.env;

/** @type {import('./registry.mjs').Packed[]} */
const packages = JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8'));

for (const { file, manifest } of packages) {
  if (!existsSync(path.join(folder, file))) stop(`${file} is missing in ${folder}.`);
  const { name, version, optionalDependencies = {} } = manifest;
  const tag = `v${version}`;
  if (GITHUB_REF_TYPE === 'tag' && GITHUB_REF_NAME !== tag) {
    stop(`The tag is ${GITHUB_REF_NAME}, and ${name} is version ${version}: tag ${tag} instead.`);
  }
  const names = packages.map((each) => each.manifest.name);
  const missing = Object.keys(optionalDependencies).filter((each) => !names.includes(each));
  if (missing.length === 0) continue;
  const problem = `${name} needs packages that are not here: ${missing.join(', ')}.`;
  if (!options['dry-run']) stop(`${problem} Pack with --complete.`);
  console.warn(problem);
}

for (const { file, manifest } of packages) {
  const { name, version } = manifest;
  const known = spawnSync('npm', ['view', `${name}@${version}`, 'version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (known.status === 0 && known.stdout.trim() === version) {
    console.log(`${name} ${version} is published already.`);
    continue;
  }
  const how = options['dry-run'] ? ['--dry-run'] : GITHUB_ACTIONS ? ['--provenance'] : [];
  run('npm', ['publish', path.join(folder, file), '--access', 'public', ...how]);
}
