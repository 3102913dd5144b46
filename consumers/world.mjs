// What the cases have around them: projects with the package installed, a platform, and tools.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Missing } from '../scripts/missing.mjs';
import { startRegistry } from '../scripts/registry.mjs';
import { startPlatform } from './platform.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Sends two traces and prints how, where `infinium` is everything that the package exports. */
const body = `
async function main() {
  const client = new infinium.InfiniumClient({ agentId: 'an-agent', agentSecret: 'a-secret-of-tests' });
  const tasks = ['One', 'Two'].map((name) => (
    { name, description: 'About', duration: 1, currentDatetime: infinium.getCurrentIsoDatetime() }));
  const { successfulTasks } = await client.sendBatch(tasks);
  await client.close();
  console.log('sent ' + successfulTasks + ' ' + (client.runtime ?? 'native'));
}
main();
`;

/** A program that is an ES module. @param {string} [entry] */
export const moduleProgram = (entry = 'infinium-o2') =>
  `import * as infinium from '${entry}';\n${body}`;

/** A program in CommonJS. @param {string} [entry] */
export const commonProgram = (entry = 'infinium-o2') =>
  `const infinium = require('${entry}');\n${body}`;

/** What such a program prints if it has the addon. */
export const SENT = 'sent 2 native';

export class World {
  /** What other settings of this machine must not change. */
  env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|INFINIUM_|NODE_OPTIONS|XDG_)/i.test(name),
    ),
  );
  #root = mkdtempSync(path.join(tmpdir(), 'infinium-consumers-'));
  #count = 0;
  /** @type {() => void} */
  stop = () => {};

  /**
   * Waits until the platform has a task. Set by `start`.
   *
   * @type {(name: string) => Promise<any>}
   */
  arrival = () => Promise.reject(new Error('the world has not started'));

  /** The URL of a registry that has the packages, and all others. */
  registry = '';

  /** @param {string} packages a folder that scripts/pack.mjs has filled */
  async start(packages) {
    const upstream = await this.run(this.#root, 'npm', ['config', 'get', 'registry']);
    // Tools keep what they have downloaded: not of this registry in the home of the user.
    this.env.HOME = this.folder();
    const registry = await startRegistry(packages, upstream);
    const platform = await startPlatform();
    this.env.INFINIUM_BASE_URL = platform.url;
    this.arrival = platform.arrival;
    this.registry = registry.url;
    this.stop = () => {
      registry.stop();
      platform.stop();
      rmSync(this.#root, { recursive: true, force: true });
    };
    this.template = this.folder({ 'package.json': '{ "private": true }' });
    await this.run(this.template, 'npm', ['install', ...this.npmOptions, 'infinium-o2']);
  }

  /** Options of npm and pnpm that leave nothing on this machine: other builds have the same version. */
  get npmOptions() {
    const cache = path.join(this.#root, 'cache');
    return ['--registry', this.registry, '--cache', cache, '--no-audit', '--no-fund'];
  }

  /**
   * @param {Record<string, string>} files
   * @returns {string} an empty folder with them
   */
  folder(files = {}) {
    this.#count += 1;
    const folder = path.join(this.#root, String(this.#count));
    mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    return folder;
  }

  /**
   * @param {Record<string, string>} files
   * @returns {string} a folder with them, in which npm has installed the package
   */
  project(files = {}) {
    const folder = this.folder(files);
    cpSync(/** @type {string} */ (this.template), folder, { recursive: true });
    return folder;
  }

  /**
   * @param {string} cwd
   * @param {string} command a file, or a name that is in the PATH
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [env]
   * @returns {Promise<string>} what it printed to its standard output, without spaces around it
   */
  async run(cwd, command, args, env = {}) {
    const options = { cwd, env: { ...this.env, ...env }, shell: process.platform === 'win32' };
    const child = spawn(command, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 90_000,
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    if (code === 0) return stdout.trim();
    throw new Error(`${path.basename(command)} ended with ${code}:\n${stdout}${stderr}`);
  }

  /**
   * @param {string} cwd
   * @param {...string} args
   */
  node(cwd, ...args) {
    return this.run(cwd, process.execPath, args);
  }
}

/**
 * @param {string} name of a package in quick/, full/ or frameworks/
 * @param {string} file in it
 * @returns {string} the path of the file
 */
export function tool(name, file) {
  const places = ['quick', 'full', 'frameworks'].map((set) =>
    path.join(here, set, 'node_modules', name, file),
  );
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Missing(`${name} is not installed on this platform`);
  return found;
}

/**
 * Imports a tool.
 *
 * @param {string} name
 * @param {string} file
 * @returns {Promise<any>}
 */
export function load(name, file) {
  return import(pathToFileURL(tool(name, file)).href);
}
