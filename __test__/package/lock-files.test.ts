// The check that `npm ci` works on every platform.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

/** What the check says of these entries of a lock file. */
function problems(packages: object): string[] {
  const code = `import { text } from 'node:stream/consumers';
    import { findProblems } from './scripts/checks/lock-files.mjs';
    console.log(JSON.stringify(findProblems('lock', JSON.parse(await text(process.stdin)))));`;
  const args = ['--input-type=module', '--eval', code];
  const input = JSON.stringify(packages);
  const { stdout } = spawnSync(process.execPath, args, { cwd: root, input, encoding: 'utf8' });
  return JSON.parse(stdout);
}

const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));

it('finds nothing wrong with the lock file of this project', () => {
  expect(problems(packages)).toEqual([]);
});

it('names the optional package of another platform that has no entry', () => {
  const { 'node_modules/@swc/core-win32-x64-msvc': _, ...rest } = packages;
  expect(Object.keys(rest)).toHaveLength(Object.keys(packages).length - 1);
  const [problem, advice, ...more] = problems(rest);
  expect(problem).toBe(
    'lock: @swc/core-win32-x64-msvc, an optional package of node_modules/@swc/core, has no entry',
  );
  expect(advice).toContain('npm install --package-lock-only');
  expect(more).toEqual([]);
});

it('does not take a copy that belongs to another package for the entry', () => {
  const optionalDependencies = { c: '1' };
  const entry = { 'node_modules/a/node_modules/b': { optionalDependencies } };
  expect(problems({ ...entry, 'node_modules/other/node_modules/c': {} })).toHaveLength(2);
  for (const place of ['', 'node_modules/a/', 'node_modules/a/node_modules/b/']) {
    expect(problems({ ...entry, [`${place}node_modules/c`]: {} })).toEqual([]);
  }
});

it('names an entry that depends on one registry', () => {
  const [problem] = problems({ 'node_modules/a': { resolved: 'https://host.test/a' } });
  expect(problem).toBe('lock: node_modules/a has `resolved`, which names a registry');
});
