'use strict';

/** @template T @param {T} client @returns {T} */
function watch(client) {
  return client;
}

module.exports = { watch };
