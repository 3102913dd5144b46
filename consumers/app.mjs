// Programs of web frameworks: apps/ has their files. Each is built as its users do, and started on a free port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tool } from './world.mjs';

/** @typedef {import('./world.mjs').World} World */

const here = path.dirname(fileURLToPath(import.meta.url));

/** Frameworks that ask their makers for news, or tell them of their users, do not. */
const QUIET = { NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', CI: '1' };

/** @param {World} world @param {string} name a folder of apps/ */
export function makeApp(world, name) {
  const folder = world.project();
  // Not with links to folders: bundlers look at real paths, which would then be outside of the project.
  linkFiles(path.join(here, 'frameworks', 'node_modules'), path.join(folder, 'node_modules'));
  cpSync(path.join(here, 'apps', name), folder, { recursive: true });
  cpSync(path.join(here, 'apps', 'report.mjs'), path.join(folder, 'report.mjs'));
  return new App(world, folder);
}

class App {
  /** @param {World} world @param {string} folder */
  constructor(world, folder) {
    this.world = world;
    this.folder = folder;
  }

  /**
   * Runs a program of a package that is installed.
   *
   * @param {string} file in node_modules
   * @param {string[]} args
   * @param {Record<string, string>} [env]
   */
  build(file, args, env = {}) {
    const program = path.join(this.folder, 'node_modules', file);
    return this.world.run(this.folder, node(), [program, ...args], { ...QUIET, ...env });
  }

  /**
   * Starts the server and calls a function with its URL, and a function that tells what it has printed.
   *
   * @param {string[]} args of Node.js
   * @param {(url: string) => Promise<void>} use
   * @param {{ cwd?: string, env?: Record<string, string> }} [options]
   * @returns {Promise<string>} what it has printed
   */
  async serve(args, use, { cwd = this.folder, env = {} } = {}) {
    const port = String(await freePort());
    const url = `http://127.0.0.1:${port}`;
    const child = spawn(
      node(),
      args.map((each) => each.replace('<port>', port)),
      {
        cwd,
        env: {
          ...this.world.env,
          ...QUIET,
          NODE_ENV: 'production',
          PORT: port,
          HOST: '127.0.0.1',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 60_000,
      },
    );
    let printed = '';
    const end = once(child, 'close').then(() => {
      throw new Error(`The server has ended:\n${printed}`);
    });
    end.catch(() => {});
    const ready = new Promise((resolve) => {
      const read = (/** @type {Buffer} */ chunk) => {
        printed += chunk;
        if (printed.includes(`:${port}`)) resolve(undefined);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
    });
    try {
      await Promise.race([ready, end]);
      await Promise.race([use(url), end]);
      return printed;
    } catch (error) {
      throw new Error(`${/** @type {Error} */ (error).message}\n${printed}`, { cause: error });
    } finally {
      child.kill('SIGKILL');
    }
  }
}

/** A version of Node.js that all frameworks support. */
function node() {
  return tool('node-24', 'bin/node');
}

/** Takes no space and little time, unless it is on another disk. @param {string} from @param {string} to */
export function linkFiles(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) linkFiles(source, target);
    else if (entry.isSymbolicLink()) cpSync(source, target, { verbatimSymlinks: true });
    else linkOrCopy(source, target);
  }
}

/** @param {string} source @param {string} target */
function linkOrCopy(source, target) {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}

async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}
