// Lays out the folder of each published package.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { root, version } from '../run.mjs';
import { addonFile, localFile } from '../targets.mjs';
import { cratesOf } from './crates.mjs';
import {
  addonManifest,
  localBinaryManifest,
  localManifest,
  mainManifest,
  NOTICES,
} from './manifests.mjs';
import { noticesOf } from './notices.mjs';
import { sbomOf } from './sbom.mjs';

/** @typedef {import('../targets.mjs').Target} Target */

/**
 * @typedef {object} Package
 * @property {string} folder that is packed
 * @property {object} [sbom] of its binary
 */

/** Where the folders are, set by {@link stageIn}. */
let parent = '';

/** @param {string} folder which is emptied */
export function stageIn(folder) {
  parent = folder;
  rmSync(parent, { recursive: true, force: true });
}

/**
 * @param {{ name: string }} manifest
 * @param {Record<string, string>} [texts] by file
 * @returns {string} a new folder with these and the licence
 */
function stage(manifest, texts = {}) {
  const folder = path.join(parent, manifest.name.replace('/', '+'));
  mkdirSync(folder, { recursive: true });
  const files = { 'package.json': `${JSON.stringify(manifest, null, 2)}\n`, ...texts };
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
  copyFileSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  return folder;
}

/** @returns {Package} infinium-o2, whose only binary is the WebAssembly module */
export function stageMain() {
  const manifest = mainManifest();
  const crates = cratesOf('infinium-wasm', 'wasm32-unknown-unknown', 'crates/infinium-wasm');
  const folder = stage(manifest, { [NOTICES]: noticesOf(crates) });
  const made = [NOTICES];
  const left = manifest.files.filter((/** @type {string} */ file) => file.startsWith('!'));
  const places = [...manifest.files, 'README.md'].filter(
    (file) => !made.includes(file) && !left.includes(file),
  );
  for (const place of places) {
    cpSync(path.join(root, place), path.join(folder, place), { recursive: true });
  }
  for (const place of left) rmSync(path.join(folder, place.slice(1)));
  return { folder };
}

/**
 * @param {Target} target
 * @param {string} file the addon
 * @returns {Package}
 */
export function stageAddon(target, file) {
  const manifest = addonManifest(target);
  return stageBinary(
    manifest,
    cratesOf('infinium-o2', target.triple),
    file,
    addonFile(target.platform),
  );
}

/** @returns {Package} infinium-local */
export function stageLocal() {
  const source = path.join(root, 'crates', 'infinium-local');
  const readme = readFileSync(path.join(source, 'README.md'), 'utf8');
  const folder = stage(localManifest(), { 'README.md': readme });
  copyFileSync(
    path.join(source, 'npm', 'infinium-local.mjs'),
    path.join(folder, 'infinium-local.mjs'),
  );
  return { folder };
}

/**
 * @param {Target} target
 * @param {string} file the program
 * @returns {Package}
 */
export function stageLocalBinary(target, file) {
  const manifest = localBinaryManifest(target);
  return stageBinary(manifest, cratesOf('infinium-local', target.triple), file, localFile(target));
}

/**
 * @param {Target} target
 * @returns {Package[]} what stands for its packages where only their names matter, because they are not installed
 */
export function stageEmpty(target) {
  const manifests = [addonManifest(target), localBinaryManifest(target)];
  return manifests.map((manifest) => ({ folder: stage(manifest) }));
}

/**
 * @param {{ name: string, description: string }} manifest
 * @param {import('./crates.mjs').Node[]} crates
 * @param {string} file
 * @param {string} name what the file is called in the package
 * @returns {Package}
 */
function stageBinary(manifest, crates, file, name) {
  const readme = `# ${manifest.name}\n\n${manifest.description} Do not install it by itself.\n`;
  const texts = { 'README.md': readme, [NOTICES]: noticesOf(crates) };
  const folder = stage(manifest, texts);
  copyFileSync(file, path.join(folder, name));
  // What is downloaded from a store of build artifacts has lost this.
  chmodSync(path.join(folder, name), 0o755);
  return { folder, sbom: sbomOf(manifest.name, version, crates) };
}
