'use strict';

/**
 * The addon. The generated loader knows every platform and looks around to tell which one this is, which
 * takes it longer than everything else here: the most common one is tried first.
 *
 * @type {typeof import('../js-binding')}
 */
module.exports = load();

function load() {
  if (process.platform === 'linux' && process.arch === 'x64') {
    try {
      // @ts-expect-error: it is there once it is built.
      return require('../infinium-o2.linux-x64-gnu.node');
    } catch {
      // Another C library, or a package of its own: the loader tells what is wrong, if anything is.
    }
  }
  return require('../js-binding');
}
