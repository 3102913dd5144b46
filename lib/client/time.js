'use strict';

/** @returns {string} now, in ISO 8601: UTC, to the millisecond, with `Z` */
function getCurrentIsoDatetime() {
  return new Date().toISOString();
}

module.exports = { getCurrentIsoDatetime };
