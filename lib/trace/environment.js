'use strict';

const { VERSION } = require('../client/config');

/** The longest duration of a task, in seconds. */
const MAX_SECONDS = 86_400;

/** @returns {import('../../index').EnvironmentContext} the versions of Node.js and of this package */
function getEnvironment() {
  return { nodeVersion: process.versions.node, sdkVersion: VERSION };
}

/**
 * @param {number} milliseconds
 * @returns {number} seconds to three decimals, 0 to 86,400
 */
function toSeconds(milliseconds) {
  return Math.min(MAX_SECONDS, Math.max(0, Math.round(milliseconds) / 1000));
}

module.exports = { getEnvironment, toSeconds };
