/**
 * A model that needs no network: it gives the answers that it was made with, one after the other.
 *
 * @typedef {{ text?: string, tools?: { id: string, name: string, input: object }[], read: number, written: number }} Answer
 * @returns {import('@ai-sdk/provider').LanguageModelV4}
 */
export function fakeModel(/** @type {Answer[]} */ answers) {
  const remaining = [...answers];
  return {
    specificationVersion: 'v4',
    provider: 'fake.chat',
    modelId: 'fake-1',
    supportedUrls: {},
    async doGenerate() {
      const { text, tools = [], read, written } = remaining.shift() ?? { read: 0, written: 0 };
      const unified = tools.length > 0 ? 'tool-calls' : 'stop';
      return {
        content: [
          ...(text ? [{ type: /** @type {const} */ ('text'), text }] : []),
          ...tools.map(({ id, name, input }) => ({
            type: /** @type {const} */ ('tool-call'),
            toolCallId: id,
            toolName: name,
            input: JSON.stringify(input),
          })),
        ],
        finishReason: { unified, raw: undefined },
        usage: {
          inputTokens: { total: read, noCache: read, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: written, text: written, reasoning: 0 },
        },
        warnings: [],
      };
    },
    doStream() {
      throw new Error('This model does not stream.');
    },
  };
}
