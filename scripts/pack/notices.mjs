// The licences of the third-party code in a binary, whose texts must go with it.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stop } from '../run.mjs';

/** @typedef {import('./crates.mjs').Node} Node */

const LICENCE_FILE = /^(licen[cs]e|copying|notice|unlicense)/i;

/** Texts for crates that are published without one. */
const STANDARD = /** @type {Record<string, string>} */ ({
  MIT: readFileSync(new URL('licences/MIT.txt', import.meta.url), 'utf8'),
  'BSD-3-Clause': readFileSync(new URL('licences/BSD-3-Clause.txt', import.meta.url), 'utf8'),
});

/** Part of every binary, and not a crate that cargo lists. */
const RUST = {
  title: 'The Rust standard library (MIT OR Apache-2.0)',
  texts: [withHolders(STANDARD.MIT, 'The Rust Project Contributors')],
};

/**
 * @param {Node[]} nodes
 * @returns {string} each licence text once, below the crates that it is for
 */
export function noticesOf(nodes) {
  const entries = nodes
    .map(({ crate }) => crate)
    .filter(({ source }) => source !== null)
    .map((crate) => ({
      title: `${crate.name} ${crate.version} (${crate.license})`,
      texts: textsOf(crate),
    }));
  /** @type {Map<string, string[]>} */
  const titles = new Map();
  for (const { title, texts } of [RUST, ...entries]) {
    for (const text of texts) titles.set(text, [...(titles.get(text) ?? []), title]);
  }
  const parts = [...titles].map(([text, names]) => `${names.sort().join('\n')}\n\n${text}\n`);
  const line = `\n${'-'.repeat(80)}\n\n`;
  return `This program contains the following third-party code.\n${line}${parts.join(line)}`;
}

/**
 * @param {import('./crates.mjs').Crate} crate
 * @returns {string[]}
 */
function textsOf({ name, license, authors, manifest_path }) {
  const folder = path.dirname(manifest_path);
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map((entry) => readFileSync(path.join(folder, entry.name), 'utf8').trim());
  if (files.length > 0) return files;
  const standard = STANDARD[license];
  if (!standard) stop(`The crate ${name} (${license}) has no file with its licence: add its text.`);
  return [withHolders(standard, authors.join(', ') || `the authors of ${name}`)];
}

/**
 * @param {string} text
 * @param {string} holders
 */
function withHolders(text, holders) {
  return text.replace('<holders>', holders.replace(/ <[^>]*>/g, '')).trim();
}
