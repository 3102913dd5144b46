'use strict';

const {
  readFlushTimeout,
  readSendOptions,
  readString,
  readVariables,
  readVersion,
  readWaitOptions,
} = require('./arguments');
const { connect, start } = require('../bridge/call');
const { readConfig } = require('./config');
const { atCaller } = require('../bridge/failure');
const { kLogs } = require('../bridge/logging');
const { kLink, linkOf, sendOne } = require('./send');
const { getCurrentIsoDatetime } = require('./time');

/**
 * @param {unknown} config
 * @param {Function} made the class that is made, where stack traces begin
 */
function open(config, made) {
  try {
    const read = readConfig(config);
    return { read, link: connect(read) };
  } catch (error) {
    throw atCaller(error, made);
  }
}

/** What both clients do alike. */
class Client {
  /** @param {unknown} [config] */
  constructor(config) {
    const { read, link } = open(config, new.target);
    Object.defineProperties(this, {
      [kLink]: { value: link },
      [kLogs]: { value: read.logLevel !== undefined },
    });
    if (link.native.exposed) {
      process.emitWarning(
        'baseUrl is plain http to another machine: the agent secret and all traces can be read on ' +
          'the way. Use https.',
        { type: 'InfiniumWarning', code: 'INFINIUM_PLAIN_HTTP' },
      );
    }
  }

  /**
   * @param {unknown} fields
   * @param {unknown} [options]
   */
  async sendTask(fields, options) {
    try {
      return await sendOne(this, fields, options, getCurrentIsoDatetime());
    } catch (error) {
      throw atCaller(error, Client.prototype.sendTask);
    }
  }

  /**
   * @param {unknown} task
   * @param {unknown} [options]
   */
  async sendTaskData(task, options) {
    try {
      return await sendOne(this, task, options);
    } catch (error) {
      throw atCaller(error, Client.prototype.sendTaskData);
    }
  }

  /**
   * @param {unknown} task
   * @returns {boolean}
   */
  enqueue(task) {
    try {
      return require('./background').enqueue(this, task);
    } catch (error) {
      throw atCaller(error, Client.prototype.enqueue);
    }
  }

  /** @returns {import('../../index').ClientStats} */
  stats() {
    return JSON.parse(linkOf(this).native.stats());
  }

  /**
   * @param {unknown} traceId
   * @param {unknown} [options]
   */
  async getInterpretedTaskResult(traceId, options) {
    try {
      const id = readString('traceId', traceId);
      return await start(
        linkOf(this),
        (native, number, aborted) => native.interpretation(number, aborted, id),
        readSendOptions(options),
      );
    } catch (error) {
      throw atCaller(error, Client.prototype.getInterpretedTaskResult);
    }
  }

  /**
   * @param {unknown} traceId
   * @param {unknown} [options] or the timeout in milliseconds
   * @param {unknown} [pollInterval]
   */
  async waitForInterpretation(traceId, options, pollInterval) {
    try {
      const id = readString('traceId', traceId);
      const { timeout, pollInterval: interval, ...hooks } = readWaitOptions(options, pollInterval);
      return await start(
        linkOf(this),
        (native, number, aborted) =>
          native.waitForInterpretation(number, aborted, id, timeout, interval),
        hooks,
      );
    } catch (error) {
      throw atCaller(error, Client.prototype.waitForInterpretation);
    }
  }

  /**
   * @param {unknown} promptId
   * @param {unknown} promptKey
   * @param {unknown} [version]
   * @param {unknown} [variables]
   * @param {unknown} [options]
   */
  async getPrompt(promptId, promptKey, version, variables, options) {
    try {
      const id = readString('promptId', promptId);
      const key = readString('promptKey', promptKey);
      const wanted = readVersion(version);
      const texts = readVariables(variables);
      const scope = require('../trace/context').current();
      const prompt = await start(
        linkOf(this),
        (native, number, aborted) => native.prompt(number, aborted, id, key, wanted, texts),
        readSendOptions(options),
      );
      scope?.recordPrompt({
        promptId: prompt.promptId,
        promptName: prompt.name,
        version: prompt.version,
        variablesUsed: texts ? Object.keys(texts) : null,
        fetchedAt: getCurrentIsoDatetime(),
      });
      return prompt;
    } catch (error) {
      throw atCaller(error, Client.prototype.getPrompt);
    }
  }

  /**
   * @param {any} name
   * @param {any} [options]
   * @param {any} [fn]
   */
  trace(name, options, fn) {
    try {
      // Only who traces pays for it: this is a third of what there is to load.
      return require('../trace/trace').trace(this, name, options, fn);
    } catch (error) {
      throw atCaller(error, Client.prototype.trace);
    }
  }

  getCurrentIsoDatetime() {
    return getCurrentIsoDatetime();
  }

  /**
   * @param {unknown} [options]
   * @returns {Promise<boolean>}
   */
  async flush(options) {
    try {
      const timeout = readFlushTimeout(options);
      return await start(linkOf(this), (native, number) => native.flush(number, timeout));
    } catch (error) {
      throw atCaller(error, Client.prototype.flush);
    }
  }

  /**
   * @param {unknown} [options]
   * @returns {Promise<boolean>}
   */
  async close(options) {
    try {
      const timeout = readFlushTimeout(options);
      return await start(linkOf(this), (native, number) => native.close(number, timeout));
    } catch (error) {
      throw atCaller(error, Client.prototype.close);
    }
  }
}

// Older versions of Node.js 18 know no such symbol.
if (Symbol.asyncDispose) {
  Object.defineProperty(Client.prototype, Symbol.asyncDispose, {
    value: /** @this {Client} */ async function asyncDispose() {
      await this.close();
    },
    configurable: true,
    writable: true,
  });
}

/**
 * Like tracing, batches are loaded by those who send some.
 * @type {typeof import('./batch').sendBatch}
 */
function sendBatch(...args) {
  return require('./batch').sendBatch(...args);
}

class InfiniumClient extends Client {
  /**
   * @param {unknown} tasks
   * @param {unknown} [options]
   */
  async sendBatch(tasks, options) {
    const method = InfiniumClient.prototype.sendBatch;
    try {
      return await sendBatch(linkOf(this), tasks, options, false, method);
    } catch (error) {
      throw atCaller(error, method);
    }
  }
}

class AsyncInfiniumClient extends Client {
  /**
   * @param {unknown} tasks
   * @param {unknown} [options]
   */
  async sendBatch(tasks, options) {
    const method = AsyncInfiniumClient.prototype.sendBatch;
    try {
      return await sendBatch(linkOf(this), tasks, options, true, method);
    } catch (error) {
      throw atCaller(error, method);
    }
  }

  /**
   * @param {unknown} tasks
   * @param {unknown} [options]
   */
  async sendBatchSequential(tasks, options) {
    const method = AsyncInfiniumClient.prototype.sendBatchSequential;
    try {
      return await sendBatch(linkOf(this), tasks, options, false, method);
    } catch (error) {
      throw atCaller(error, method);
    }
  }
}

module.exports = { AsyncInfiniumClient, InfiniumClient };
