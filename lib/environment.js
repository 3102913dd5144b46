'use strict';

const { VERSION } = require('./config');

/** @typedef {import('../index').EnvironmentContext} EnvironmentContext */

/**
 * @param {EnvironmentContext | null} [given]
 * @returns {EnvironmentContext} with the versions of Node.js and of this package, unless given
 */
function describeEnvironment(given) {
  return {
    ...given,
    nodeVersion: given?.nodeVersion ?? process.versions.node,
    sdkVersion: given?.sdkVersion ?? VERSION,
  };
}

module.exports = { describeEnvironment };
