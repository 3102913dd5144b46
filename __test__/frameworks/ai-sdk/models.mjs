// Language models that answer as they are told, for each version of the AI SDK, and keep what they were asked.

import * as ai7 from 'ai';
import * as ai5 from 'ai-5';
import * as ai6 from 'ai-6';

/** The versions of the AI SDK, and how their models write. */
export const VERSIONS = [
  { name: 'ai 7', sdk: ai7, specification: 'v4' },
  { name: 'ai 6', sdk: ai6, specification: 'v3' },
  { name: 'ai 5', sdk: ai5, specification: 'v2' },
];

/**
 * @typedef {object} Answer
 * @property {string} [text]
 * @property {{ id: string, name: string, input: unknown }[]} [tools]
 * @property {number} [read] tokens
 * @property {number} [written] tokens
 * @property {unknown} [error] thrown instead
 * @property {boolean} [breaks] whether the stream fails after the text
 * @property {unknown} [told] an error that the stream tells as a part
 */

/** @returns {any} usage in the form of a version */
export function usageOf(/** @type {string} */ specification, read = 10, written = 5) {
  if (specification === 'v2') {
    return {
      inputTokens: read,
      outputTokens: written,
      totalTokens: read + written,
      cachedInputTokens: 3,
      reasoningTokens: 2,
    };
  }
  return {
    inputTokens: { total: read, noCache: read - 4, cacheRead: 3, cacheWrite: 1 },
    outputTokens: { total: written, text: written - 2, reasoning: 2 },
  };
}

/**
 * @param {string} specification
 * @param {Answer[] | ((options: any) => Answer)} answers in their order, or made of the request
 * @param {object} [more] members of the model
 * @returns {any}
 */
export function fakeModel(specification, answers, more = {}) {
  const isOld = specification === 'v2';
  /** @type {any[]} */
  const asked = [];
  const reason = (/** @type {Answer} */ { tools }) => {
    const unified = tools ? 'tool-calls' : 'stop';
    return isOld ? unified : { unified, raw: tools ? 'tool_use' : 'end_turn' };
  };
  const next = (/** @type {any} */ options) => {
    asked.push(options);
    const answer = typeof answers === 'function' ? answers(options) : answers[asked.length - 1];
    if (!answer) throw new Error(`no answer for request ${asked.length}`);
    if (answer.error !== undefined) throw answer.error;
    return answer;
  };
  const toolParts = (/** @type {Answer} */ { tools = [] }) =>
    tools.map(({ id, name, input }) => ({
      type: 'tool-call',
      toolCallId: id,
      toolName: name,
      input: JSON.stringify(input),
    }));
  return {
    specificationVersion: specification,
    provider: 'fake.chat',
    modelId: 'fake-1',
    supportedUrls: {},
    asked,
    cancelled: 0,
    async doGenerate(/** @type {any} */ options) {
      const answer = next(options);
      return {
        content: [
          ...(answer.text ? [{ type: 'text', text: answer.text }] : []),
          ...toolParts(answer),
        ],
        finishReason: reason(answer),
        usage: usageOf(specification, answer.read, answer.written),
        warnings: [],
        response: { id: `r${asked.length}`, modelId: 'fake-1-served', timestamp: new Date(0) },
      };
    },
    async doStream(/** @type {any} */ options) {
      const answer = next(options);
      const words = (answer.text ?? '').split(/(?<= )/).filter((word) => word);
      const parts = [
        { type: 'stream-start', warnings: [] },
        { type: 'response-metadata', id: `r${asked.length}`, modelId: 'fake-1-served' },
        ...(words.length > 0 ? [{ type: 'text-start', id: '1' }] : []),
        ...words.map((delta) => ({ type: 'text-delta', id: '1', delta })),
        ...(words.length > 0 ? [{ type: 'text-end', id: '1' }] : []),
        ...toolParts(answer),
        ...(answer.told ? [{ type: 'error', error: answer.told }] : []),
        {
          type: 'finish',
          finishReason: reason(answer),
          usage: usageOf(specification, answer.read, answer.written),
        },
      ];
      const self = this;
      let index = 0;
      const stream = new ReadableStream(
        {
          async pull(controller) {
            const part = parts[index];
            index += 1;
            if (answer.breaks && part?.type === 'text-end') {
              controller.error(new Error('connection lost'));
            } else if (part) controller.enqueue(part);
            else controller.close();
          },
          cancel() {
            self.cancelled += 1;
          },
        },
        { highWaterMark: 0 },
      );
      return { stream };
    },
    ...more,
  };
}
