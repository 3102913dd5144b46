// The bill of materials of a binary, as CycloneDX 1.6.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../run.mjs';

/** @typedef {import('./crates.mjs').Node} Node */
/** @typedef {import('./crates.mjs').Crate} Crate */

/**
 * @param {string} name of the published package
 * @param {string} version
 * @param {Node[]} nodes what is in its binary, the crate that makes it first
 */
export function sbomOf(name, version, nodes) {
  const checksums = readChecksums();
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  /** @param {Crate} crate */
  const component = (crate) => {
    const checksum = checksums.get(`${crate.name} ${crate.version}`);
    return {
      type: 'library',
      'bom-ref': purlOf(crate),
      name: crate.name,
      version: crate.version,
      // Old crates separate alternatives by a slash.
      licenses: [{ expression: crate.license.replace(/ ?\/ ?/g, ' OR ') }],
      ...(checksum ? { hashes: [{ alg: 'SHA-256', content: checksum }] } : {}),
      purl: purlOf(crate),
    };
  };
  const [{ crate: made }] = nodes;
  const sorted = [...nodes].sort((a, b) => (purlOf(a.crate) < purlOf(b.crate) ? -1 : 1));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: { type: 'library', 'bom-ref': purl, name, version, purl },
    },
    components: sorted.map(({ crate }) => component(crate)),
    dependencies: [
      { ref: purl, dependsOn: [purlOf(made)] },
      ...sorted.map(({ crate, needs }) => ({
        ref: purlOf(crate),
        dependsOn: [...new Set(needs.map(purlOf))].sort(),
      })),
    ],
  };
}

/** @param {Crate} crate */
function purlOf({ name, version }) {
  return `pkg:cargo/${name}@${version}`;
}

/** @returns {Map<string, string>} SHA-256 of the crates in Cargo.lock, by name and version */
function readChecksums() {
  const text = readFileSync(path.join(root, 'Cargo.lock'), 'utf8');
  const entry = /name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"/g;
  return new Map(
    [...text.matchAll(entry)].map(([, name, version, sum]) => [`${name} ${version}`, sum]),
  );
}
