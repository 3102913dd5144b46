// Finds source files that are too long: a longer file holds more than one idea and should be split.
import { readSources } from './files.mjs';

const MAX_LINES = 400;
const SOURCE = /\.([cm]?[jt]s|rs)$/;

/** The contract of the package is one file on purpose. */
const EXEMPT = ['index.d.ts'];

/** @returns {string[]} one line for each problem */
export function checkFileLengths() {
  return readSources()
    .filter(({ file }) => SOURCE.test(file) && !EXEMPT.includes(file))
    .map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ file, lines }) => `${file} has ${lines} lines, the limit is ${MAX_LINES}: split it`);
}
