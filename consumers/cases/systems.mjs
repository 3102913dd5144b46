// Older systems: programs in a folder that has such a system, as root sees it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { glibcOf, OLDEST_GLIBC } from '../../scripts/glibc.mjs';
import { Missing } from '../../scripts/missing.mjs';
import { target } from '../../scripts/run.mjs';
import { commonProgram, moduleProgram, SENT, tool } from '../world.mjs';

/** @typedef {import('../run.mjs').Case} Case */

const files = { 'program.cjs': commonProgram(), 'program.mjs': moduleProgram() };

/** Installs Debian 11, once. @returns {string} its folder */
function installDebian() {
  const folder = path.join(target, 'debian-11');
  if (existsSync(path.join(folder, 'bin', 'sh'))) return folder;
  if (process.getuid?.() !== 0) throw new Missing('only root can install another system');
  const { status, error, stdout } = spawnSync(
    'debootstrap',
    ['--variant=minbase', 'bullseye', folder],
    { encoding: 'utf8' },
  );
  if (status === 0) return folder;
  rmSync(folder, { recursive: true, force: true });
  throw new Missing(`debootstrap is needed: ${error?.message ?? stdout.slice(-200)}`);
}

/** @type {Case[]} */
export const systems = [
  {
    name: 'Debian 11',
    async run(world) {
      const project = world.project(files);
      const addons = path.join(project, 'node_modules', '@infinium-o2', 'linux-x64-gnu');
      const [addon] = readdirSync(addons).filter((file) => file.endsWith('.node'));
      const needed = glibcOf(path.join(addons, addon));
      if (needed !== OLDEST_GLIBC) {
        throw new Missing(`the addon is built for glibc ${needed}: run pack:all, and pass --built`);
      }
      const system = installDebian();
      const inside = path.join(system, 'program');
      rmSync(inside, { recursive: true, force: true });
      mkdirSync(inside);
      cpSync(project, inside, { recursive: true });
      cpSync(tool('node-24', 'bin/node'), path.join(inside, 'node'));
      for (const file of Object.keys(files)) {
        const args = [system, '/program/node', `/program/${file}`];
        assert.equal(await world.run(project, 'chroot', args), SENT);
      }
    },
  },
];
