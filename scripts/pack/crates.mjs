// What is compiled into a binary: its crates, as cargo resolves them for a target.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root, stop } from '../run.mjs';

/**
 * @typedef {object} Crate
 * @property {string} id
 * @property {string} name
 * @property {string} version
 * @property {string} license an SPDX expression
 * @property {string[]} authors
 * @property {string} manifest_path
 * @property {string | null} source null for the crates of this repository
 * @property {string | null} repository
 * @property {{ kind: string[] }[]} targets
 */
/** @typedef {{ crate: Crate, needs: Crate[] }} Node a crate and those that it is linked with */

/**
 * @param {string} name of a crate of this repository
 * @param {string} triple
 * @param {string} [workspace] a folder with a lock file; that of the repository by default
 * @returns {Node[]} what is in its binary, itself first; without what only builds or tests it
 */
export function cratesOf(name, triple, workspace = '.') {
  const args = ['metadata', '--format-version', '1', '--locked', '--filter-platform', triple];
  const { status, stdout, stderr } = spawnSync('cargo', args, {
    cwd: path.join(root, workspace),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) stop(`cargo metadata failed: ${stderr}`);
  const { packages, resolve } = JSON.parse(stdout);
  /** @type {Map<string, Crate>} */
  const crates = new Map(packages.map((/** @type {Crate} */ crate) => [crate.id, crate]));
  /** @type {Map<string, { deps: { pkg: string, dep_kinds: { kind: string | null }[] }[] }>} */
  const resolved = new Map(
    resolve.nodes.map((/** @type {{ id: string }} */ node) => [node.id, node]),
  );

  /** @type {Map<string, Node>} */
  const found = new Map();
  /** @param {Crate} crate */
  const visit = (crate) => {
    if (found.has(crate.id)) return;
    const linked = (resolved.get(crate.id)?.deps ?? [])
      .filter(({ dep_kinds }) => dep_kinds.some(({ kind }) => kind === null))
      .map(({ pkg }) => /** @type {Crate} */ (crates.get(pkg)))
      .filter(({ targets }) => !targets.some(({ kind }) => kind.includes('proc-macro')));
    found.set(crate.id, { crate, needs: linked });
    linked.forEach(visit);
  };
  const first = [...crates.values()].find((crate) => crate.name === name && crate.source === null);
  if (!first) stop(`There is no crate ${name} in this repository.`);
  visit(first);
  return [...found.values()];
}
