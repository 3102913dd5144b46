'use strict';

/**
 * The addon. The generated loader knows every platform and looks around to tell which one this is, which
 * takes it longer than everything else here: the most common one is tried first.
 *
 * @type {typeof import('../../js-binding')}
 */
module.exports = load();

function load() {
  /** @type {unknown} */
  let first;
  if (process.platform === 'linux' && process.arch === 'x64') {
    try {
      // @ts-expect-error: it is there once it is built.
      return require('../../infinium-o2.linux-x64-gnu.node');
    } catch (error) {
      // Another C library, perhaps, and an addon that was built for it: the loader finds that.
      first = error;
    }
  }
  try {
    return require('../../js-binding');
  } catch (error) {
    throw cannotLoad(first === undefined ? causesOf(error) : [first, ...causesOf(error)]);
  }
}

/**
 * What the generated loader tried in vain, in that order. What it says itself is advice about packages for
 * each platform, and there are none.
 *
 * @param {any} error
 * @returns {any[]}
 */
function causesOf(error) {
  const causes = [];
  for (let cause = error?.cause; cause; cause = cause.cause) causes.unshift(cause);
  return causes.length > 0 ? causes : [error];
}

/** @param {any[]} causes */
function cannotLoad(causes) {
  // Files that are not there are the rule; one that is there and does not load is the reason. The loader
  // keeps nothing but messages.
  const cause = causes.find((one) => !/^Cannot find module/.test(one?.message)) ?? causes[0];
  const [reason] = String(cause?.message ?? cause).split('\n', 1);
  const disabled = cause?.code === 'ERR_DLOPEN_DISABLED';
  const advice = disabled
    ? 'Node.js was told to load no addons: leave out --no-addons, and beside --permission give it --allow-addons.'
    : 'If it should run here, install it again; if a bundler made this program, mark infinium-o2 as external. ' +
      'Elsewhere build it from a clone of its repository, with Rust: npm install && npm run build';
  return new Error(
    `The native addon of infinium-o2 cannot be loaded: ${reason}\n` +
      'It comes built for Linux on x86-64 with glibc 2.34 or newer; ' +
      `this is ${process.platform} on ${process.arch}. ${advice}`,
    { cause },
  );
}
