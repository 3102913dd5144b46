'use strict';
// The same package for tools that pack addons into a program, such as `bun build --compile` and ncc: they follow only
// a `require` of a name that they can read. The other entry looks for the addon when the program runs.

const kEmbedded = Symbol.for('infinium-o2.embedded');

globalThis[kEmbedded] = addon();
module.exports = require('./dist/index.js');
delete globalThis[kEmbedded];

/** Undefined if the addon is not installed; the package then explains why. */
function addon() {
  if (process.platform === 'linux' && process.arch === 'x64') {
    try {
      return require('@infinium-o2/linux-x64-gnu');
    } catch {}
    try {
      return require('@infinium-o2/linux-x64-musl');
    } catch {}
  }
  if (process.platform === 'linux' && process.arch === 'arm64') {
    try {
      return require('@infinium-o2/linux-arm64-gnu');
    } catch {}
    try {
      return require('@infinium-o2/linux-arm64-musl');
    } catch {}
  }
  if (process.platform === 'darwin' && process.arch === 'x64') {
    try {
      return require('@infinium-o2/darwin-x64');
    } catch {}
  }
  if (process.platform === 'darwin' && process.arch === 'arm64') {
    try {
      return require('@infinium-o2/darwin-arm64');
    } catch {}
  }
  if (process.platform === 'win32' && process.arch === 'x64') {
    try {
      return require('@infinium-o2/win32-x64-msvc');
    } catch {}
  }
  if (process.platform === 'win32' && process.arch === 'arm64') {
    try {
      return require('@infinium-o2/win32-arm64-msvc');
    } catch {}
  }
  return undefined;
}
