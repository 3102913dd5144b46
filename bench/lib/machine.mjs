import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CONTESTANTS } from '../contestants/index.mjs';
import { BENCH } from './setup.mjs';

/**
 * @param {string} directory of the package
 * @param {number} rounds
 */
export function describeMachine(directory, rounds) {
  /** @type {Record<string, string>} */
  const versions = { 'Node.js': process.versions.node };
  try {
    const text = execFileSync('rustc', ['--version'], { encoding: 'utf8' });
    versions.Rust = text.split(' ')[1];
  } catch {
    // Measuring a package that is already built (`--package`) needs no Rust.
  }
  versions['infinium-o2'] = versionIn(directory);
  for (const { package: name } of Object.values(CONTESTANTS)) {
    if (name) versions[name] = versionIn(join(BENCH, 'node_modules', name));
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    rounds,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism?.() ?? os.cpus().length,
    memory: Math.round(os.totalmem() / 1e9),
    system: `${os.type()} ${os.release()}`,
    versions,
  };
}

/** @param {string} directory */
function versionIn(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')).version;
}

/**
 * @param {string} directory of the package
 * @returns {{ node?: number, gzip?: number }} MB of 10^6 bytes
 */
export function sizeOfAddon(directory) {
  const file = readdirSync(directory).find((name) => name.endsWith('.node'));
  if (!file) return {};
  const bytes = readFileSync(join(directory, file));
  return { node: bytes.length / 1e6, gzip: gzipSync(bytes).length / 1e6 };
}
