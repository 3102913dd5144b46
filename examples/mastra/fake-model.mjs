// A language model that needs no network: it asks for the tools that it is told to, then repeats what they said.

/**
 * @typedef {{ tools?: { name: string, input: unknown }[], text?: string, error?: Error }} Answer what a call gets
 *
 * @param {Answer[]} answers one for each call, in order; the last is repeated
 */
export function fakeModel(answers) {
  /** @type {{ prompt: unknown, usage: { inputTokens: number, outputTokens: number } }[]} */
  const calls = [];
  /** @param {any} options */
  const next = (options) => {
    const answer = answers[Math.min(calls.length, answers.length - 1)];
    const number = calls.length + 1;
    const usage = {
      inputTokens: { total: 10 * number, noCache: 10 * number - 4, cacheRead: 4, cacheWrite: 0 },
      outputTokens: { total: 5 * number, text: 5 * number - 1, reasoning: 1 },
    };
    calls.push({
      prompt: options.prompt,
      usage: { inputTokens: 10 * number, outputTokens: 5 * number },
    });
    if (answer.error) throw answer.error;
    return { answer, usage, number };
  };
  return {
    calls,
    specificationVersion: /** @type {const} */ ('v3'),
    provider: 'fake.chat',
    modelId: 'fake-1',
    supportedUrls: {},
    /** @param {any} options */
    async doGenerate(options) {
      const { answer, usage, number } = next(options);
      return {
        content: [
          ...(answer.tools ?? []).map(({ name, input }, index) => ({
            type: 'tool-call',
            toolCallId: `call-${number}-${index}`,
            toolName: name,
            input: JSON.stringify(input),
          })),
          ...(answer.text ? [{ type: 'text', text: answer.text }] : []),
        ],
        finishReason: finishReason(answer),
        usage,
        warnings: [],
      };
    },
    /** @param {any} options */
    async doStream(options) {
      const { answer, usage, number } = next(options);
      const parts = [
        { type: 'stream-start', warnings: [] },
        { type: 'response-metadata', id: `response-${number}`, modelId: 'fake-1' },
        ...(answer.tools ?? []).map(({ name, input }, index) => ({
          type: 'tool-call',
          toolCallId: `call-${number}-${index}`,
          toolName: name,
          input: JSON.stringify(input),
        })),
        ...(answer.text
          ? [
              { type: 'text-start', id: '1' },
              { type: 'text-delta', id: '1', delta: answer.text },
              { type: 'text-end', id: '1' },
            ]
          : []),
        { type: 'finish', finishReason: finishReason(answer), usage },
      ];
      return { stream: ReadableStream.from(parts) };
    },
  };
}

/** @param {Answer} answer */
function finishReason({ tools }) {
  const unified = tools?.length ? 'tool-calls' : 'stop';
  return { unified, raw: unified };
}
