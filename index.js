'use strict';

const { AsyncInfiniumClient, InfiniumClient } = require('./lib/client/client');
const { MAX_BATCH_SIZE } = require('./lib/client/arguments');
const { VERSION } = require('./lib/client/config');
const {
  AuthenticationError,
  BatchError,
  ConfigurationError,
  InfiniumError,
  NetworkError,
  NotFoundError,
  PayloadTooLargeError,
  RateLimitError,
  ServerError,
  TimeoutError,
  ValidationError,
} = require('./lib/bridge/errors');
const { MAX_PAYLOAD_SIZE, atCaller } = require('./lib/bridge/failure');
const { setupLogging } = require('./lib/bridge/logging');
const { getCurrentIsoDatetime } = require('./lib/client/time');
const { TraceBuilder } = require('./lib/trace/trace-builder');

/** Characters in a task's name at most; the native client checks it, as it does the next. */
const MAX_NAME_LENGTH = 500;
const MAX_DESCRIPTION_LENGTH = 10_000;

/** @type {import('./index').watch} loaded when there is something to watch */
function watch(client, options) {
  try {
    return require('./lib/watch').watch(client, options);
  } catch (error) {
    throw atCaller(error, watch);
  }
}

module.exports = {
  AsyncInfiniumClient,
  AuthenticationError,
  BatchError,
  ConfigurationError,
  InfiniumClient,
  InfiniumError,
  MAX_BATCH_SIZE,
  MAX_DESCRIPTION_LENGTH,
  MAX_NAME_LENGTH,
  MAX_PAYLOAD_SIZE,
  NetworkError,
  NotFoundError,
  PayloadTooLargeError,
  RateLimitError,
  ServerError,
  TimeoutError,
  TraceBuilder,
  VERSION,
  ValidationError,
  getCurrentIsoDatetime,
  setupLogging,
  watch,
};
