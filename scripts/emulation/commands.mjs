// How programs of other platforms run on this machine: with the loader of another C library, or with qemu.
import path from 'node:path';
import { Missing } from '../missing.mjs';
import { targetHere } from '../targets.mjs';
import { unpackDebian } from './debian.mjs';
import { installNode } from './node.mjs';

/** @typedef {import('../targets.mjs').Target} Target */

/**
 * @typedef {object} Commands
 * @property {string[]} node starts Node.js of the platform
 * @property {boolean} [emulated] whether the platform is not the one of this machine
 * @property {string[]} [emulator] what a program of the platform has before it, where another cannot start it
 */

/** What qemu calls the processors. */
const PROCESSORS = { x64: 'x86_64', arm64: 'aarch64' };

/**
 * Installs what is needed, and throws `Missing` where it cannot be had.
 *
 * @param {Target} wanted
 * @returns {Commands}
 */
export function commandsFor(wanted) {
  const here = targetHere();
  if (wanted === here) return { node: [process.execPath] };
  const { os, cpu, libc } = wanted;
  if (os !== 'linux' || process.platform !== 'linux') {
    throw new Missing(`programs for ${os} do not run on ${process.platform}`);
  }
  if (cpu === process.arch) {
    if (libc !== 'musl') throw new Missing('its Node.js needs a system with glibc');
    const musl = unpackDebian(cpu, ['musl']);
    const loader = path.join(musl, 'usr', 'lib', `${PROCESSORS[cpu]}-linux-musl`, 'libc.so');
    return { node: [loader, installNode(wanted)], emulated: true };
  }
  const libraries = libc === 'musl' ? ['musl'] : ['libc6', 'libgcc-s1', 'libstdc++6'];
  const host = /** @type {Target['cpu']} */ (process.arch);
  const qemu = path.join(
    unpackDebian(host, ['qemu-user']),
    'usr',
    'bin',
    `qemu-${PROCESSORS[cpu]}`,
  );
  const emulator = [qemu, '-L', unpackDebian(cpu, libraries)];
  return { node: [...emulator, installNode(wanted)], emulated: true, emulator };
}
