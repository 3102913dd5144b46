// Tests the integrations with the frameworks themselves: `node scripts/frameworks.mjs [name …]`. Names are folders of
// examples/. `npm test` only runs the examples, and compares what they and the guides print.
//
// A folder examples/<name>/ has the packages of one framework (package.json, with older versions under other names)
// and an agent that is built with it. __test__/frameworks/<name>/ has its tests, which use the same packages. They run
// with a newer version of Node.js than the rest, because frameworks demand one.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { installPackages } from './packages.mjs';
import { isMain, root, stop, toolCommand } from './run.mjs';
import { setup } from './setup.mjs';

const NODE = '__test__/frameworks/node';

export function findExamples() {
  return readdirSync(path.join(root, 'examples'))
    .filter((name) => existsSync(path.join(root, 'examples', name, 'package.json')))
    .sort();
}

/** @returns {string} a Node.js that is new enough for all frameworks */
function findNode() {
  installPackages(NODE);
  const file = path.join(root, NODE, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(file)) return file;
  const [major] = process.versions.node.split('.').map(Number);
  if (major >= 22) return process.execPath;
  return stop(
    'The frameworks need Node.js 22 or newer, and there is no package of it for this platform.',
  );
}

/** Makes a link, in place of one that leads elsewhere. */
function link(/** @type {string} */ from, /** @type {string} */ to) {
  rmSync(from, { force: true });
  mkdirSync(path.dirname(from), { recursive: true });
  symlinkSync(to, from, 'junction');
}

/** Installs the packages of a framework. The example and the tests find them, and the package that is here. */
export function prepare(/** @type {string} */ name) {
  const example = path.join(root, 'examples', name);
  installPackages(path.posix.join('examples', name));
  const modules = path.join(example, 'node_modules');
  link(path.join(modules, 'infinium-o2'), root);
  const tests = path.join(root, '__test__', 'frameworks', name);
  if (existsSync(tests)) link(path.join(tests, 'node_modules'), modules);
}

const TESTS = /\.test\.mjs$/;
const TESTS_OF_EXAMPLES = /^(example|documents)\.test\.mjs$/;

/**
 * @param {string} name
 * @param {string} node
 * @param {RegExp} pattern of the names of the files
 * @returns {[string, string[]][]} the commands that test one framework
 */
function commandsFor(name, node, pattern) {
  const tests = path.join(root, '__test__', 'frameworks', name);
  const files = readdirSync(tests).filter((file) => pattern.test(file));
  const types = path.join(root, 'examples', name, 'tsconfig.json');
  /** @type {[string, string[]][]} */
  const commands = [
    [node, ['--test', '--test-reporter=dot', ...files.map((file) => path.join(tests, file))]],
  ];
  return existsSync(types) ? [...commands, toolCommand('tsc', ['--project', types])] : commands;
}

/** @returns {Promise<boolean>} whether it succeeded. What it prints is shown only if it did not. */
function succeeds(/** @type {string} */ command, /** @type {string[]} */ args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('close', (code) => {
      if (code !== 0) console.error(Buffer.concat(output).toString());
      resolve(code === 0);
    });
  });
}

/** Runs the agents in examples/, and compares their traces and those of the guides with what is printed there. */
export function testExamples() {
  return runTests(findExamples(), TESTS_OF_EXAMPLES);
}

/** Runs the tests of some frameworks, by default of all. */
export function testFrameworks(/** @type {string[]} */ wanted = []) {
  const all = findExamples();
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length > 0) stop(`There is no example ${unknown.join(', ')}: ${all.join(', ')}.`);
  return runTests(wanted.length > 0 ? wanted : all, TESTS);
}

/** Tests two frameworks at a time. */
async function runTests(/** @type {string[]} */ names, /** @type {RegExp} */ pattern) {
  const node = findNode();
  for (const name of names) prepare(name);
  const waiting = [...names];
  /** @type {string[]} */
  const failed = [];
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const start = performance.now();
      let isGreen = true;
      for (const [command, args] of commandsFor(name, node, pattern)) {
        isGreen = (await succeeds(command, args)) && isGreen;
      }
      if (!isGreen) failed.push(name);
      console.log(`${isGreen ? '✓' : '✕'} ${name} (${Math.round(performance.now() - start)} ms)`);
    }
  };
  await Promise.all([work(), work()]);
  if (failed.length > 0) stop(`Tests of integrations failed: ${failed.join(', ')}.`);
}

if (isMain(import.meta.url)) {
  setup();
  await testFrameworks(process.argv.slice(2));
}
