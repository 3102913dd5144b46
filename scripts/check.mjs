// Checks everything except the tests: format, lints, types, documentation, rules of the project, and the
// contents of the package. All checks run, also after one has failed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkWasm } from './build-wasm.mjs';
import { checkFileLengths } from './checks/file-lengths.mjs';
import { checkHosted } from './checks/hosted.mjs';
import { checkLockFiles } from './checks/lock-files.mjs';
import { checkVocabulary } from './checks/vocabulary.mjs';
import { findWorkflowProblems } from './checks/workflows.mjs';
import { exitCodeOf, stop, target, toolCommand, version } from './run.mjs';
import { setup } from './setup.mjs';
import { TYPE_CHECKS } from './types.mjs';

/** Titles of the checks that failed. @type {string[]} */
const failed = [];

/**
 * Runs commands; each must exit with 0.
 *
 * @param {string} title
 * @param {...[command: string, args: string[], env?: NodeJS.ProcessEnv]} commands
 */
function check(title, ...commands) {
  console.log(`\n== ${title}`);
  const codes = commands.map((command) => exitCodeOf(...command));
  if (codes.some((code) => code !== 0)) failed.push(title);
}

/**
 * Runs a check of the sources; it must find no problem.
 *
 * @param {string} title
 * @param {() => string[]} findProblems
 */
function checkSources(title, findProblems) {
  console.log(`\n== ${title}`);
  const problems = findProblems();
  if (problems.length === 0) return;
  console.error(problems.join('\n'));
  failed.push(title);
}

setup();

checkSources('Sources: no file is too long', checkFileLengths);
checkSources('Sources: words', checkVocabulary);
checkSources('Sources: what WebAssembly does not have', checkHosted);
checkSources('Lock files: complete on all platforms', checkLockFiles);
const workflowProblems = await findWorkflowProblems();
checkSources('Workflows: actionlint', () => workflowProblems);

const colors = process.stdout.isTTY ? 'force' : 'off';
check(
  'JavaScript: format, lints, import cycles',
  toolCommand('biome', ['ci', '--error-on-warnings', `--colors=${colors}`]),
);
check('JavaScript: types', ...TYPE_CHECKS);

check('Rust: import cycles', ['cargo', ['run', '--quiet', '--package', 'import-circles']]);

const bench = ['--manifest-path', 'bench/Cargo.toml'];
check(
  'Rust: format',
  ['cargo', ['fmt', '--all', '--check']],
  ['cargo', ['fmt', '--all', '--check', ...bench]],
  ['cargo', ['fmt', '--check', '--manifest-path', 'crates/infinium-wasm/Cargo.toml']],
);

const clippy = ['clippy', '--workspace', '--all-targets', '--quiet'];
const denyWarnings = ['--', '-D', 'warnings'];
check(
  'Rust: lints',
  ['cargo', [...clippy, ...denyWarnings]],
  ['cargo', [...clippy, ...bench, '--target-dir', 'bench/target', ...denyWarnings]],
);

const doc = ['doc', '--no-deps', '--quiet'];
const strict = '-D warnings';
check(
  'Rust: documentation',
  ['cargo', [...doc, '--workspace', '--exclude', 'infinium-o2'], { RUSTDOCFLAGS: strict }],
  [
    'cargo',
    [...doc, '--package', 'infinium-o2', '--document-private-items'],
    // Only its maintainers read the documentation of the binding, so it may link to private items.
    { RUSTDOCFLAGS: `${strict} -A rustdoc::private-intra-doc-links` },
  ],
);

checkSources('Rust: the WebAssembly module is made of its sources', checkWasm);

if (spawnSync('cargo', ['deny', '--version']).status === 0) {
  check('Rust: licenses and sources of dependencies', [
    'cargo',
    ['deny', 'check', 'licenses', 'bans', 'sources'],
  ]);
} else {
  console.log('\n== Rust: licenses and sources of dependencies');
  console.log('skipped: cargo-deny is not installed (cargo install --locked cargo-deny)');
}

const packages = path.join(target, 'quick-packages');

/**
 * Whether a package has what its `main` names.
 *
 * @param {string} name of its folder
 */
function isComplete(name) {
  const folder = path.join(packages, 'folders', name);
  const { main } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return main === undefined || existsSync(path.join(folder, main));
}

check('Packages: pack', [process.execPath, ['scripts/pack.mjs', '--quick', '--to', packages]]);
const folders = path.join(packages, 'folders');
check(
  'Packages: publint',
  // Packages of other platforms have no binary here.
  ...readdirSync(folders)
    .filter(isComplete)
    .map((name) =>
      toolCommand('publint', ['--strict', '--pack', 'false', path.join(folders, name)]),
    ),
);
const tarball = path.join(packages, `infinium-o2-${version}.tgz`);
check(
  'Package: are the types wrong?',
  toolCommand('attw', [tarball, '--format', 'ascii', '--no-color']),
);

check('Speed: instructions of the hot functions, for information', [
  process.execPath,
  ['bench/instructions.mjs'],
]);

if (failed.length > 0) stop(`Failed:\n${failed.map((title) => `- ${title}`).join('\n')}`);
console.log('\nAll checks passed.');
