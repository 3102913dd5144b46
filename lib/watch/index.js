'use strict';

const { invalid } = require('../client/arguments');
const { emit } = require('../bridge/logging');

/**
 * The clients that are known, and how each is watched: loaded when there is something to watch.
 * @returns {Array<[(client: any) => boolean, (client: any, captureContent: boolean) => void]>}
 */
function kinds() {
  const { isAnthropic, watchAnthropic } = require('./anthropic');
  const gemini = require('./gemini');
  const { isOpenAI, watchOpenAI } = require('./openai');
  return [
    [isOpenAI, watchOpenAI],
    [isAnthropic, watchAnthropic],
    [gemini.isGenAI, gemini.watchGenAI],
    [gemini.isGenerativeAI, gemini.watchGenerativeAI],
    [gemini.isModel, gemini.watchModel],
  ];
}

/**
 * Records what an LLM client does within traces.
 *
 * @template T
 * @param {T} client
 * @param {import('../../index').WatchOptions | null} [options]
 * @returns {T} the same object
 * @throws {import('../bridge/errors').ValidationError} if an option is wrong
 */
function watch(client, options) {
  if (options !== undefined && options !== null && typeof options !== 'object') {
    invalid('options', `must be an object (got ${typeof options})`);
  }
  const captureContent = options?.captureContent ?? false;
  if (typeof captureContent !== 'boolean') {
    invalid('captureContent', `must be a boolean (got ${typeof captureContent})`);
  }
  const { guard } = require('./patch');
  const kind = kinds().find(([is]) => guard(() => is(client)));
  if (kind) guard(() => kind[1](client, captureContent));
  else {
    emit(
      'WARN',
      'watch() does not know this client: it knows those of openai, @anthropic-ai/sdk, ' +
        '@google/genai and @google/generative-ai. It is left as it is.',
    );
  }
  return client;
}

module.exports = { watch };
