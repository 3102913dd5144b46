// A language model that needs no network: it asks for the tools that it is told to, then repeats what they said.

/**
 * @typedef {{ tools?: { name: string, input: unknown }[], text?: string, error?: Error }} Answer what a call gets
 *
 * @param {Answer[]} answers one for each call, in order; the last is repeated
 * @param {'v2' | 'v3'} version of the interface of language models
 */
export function fakeModel(answers, version = 'v3') {
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
    const older = {
      inputTokens: 10 * number,
      outputTokens: 5 * number,
      cachedInputTokens: 4,
      reasoningTokens: 1,
    };
    calls.push({
      prompt: options.prompt,
      usage: { inputTokens: 10 * number, outputTokens: 5 * number },
    });
    if (answer.error) throw answer.error;
    return { answer, usage: version === 'v2' ? older : usage, number };
  };
  return {
    calls,
    specificationVersion: version,
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
        finishReason: finishReason(answer, version),
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
        { type: 'finish', finishReason: finishReason(answer, version), usage },
      ];
      return { stream: ReadableStream.from(parts) };
    },
  };
}

/** @param {Answer} answer @param {string} version */
function finishReason({ tools }, version) {
  const unified = tools?.length ? 'tool-calls' : 'stop';
  return version === 'v2' ? unified : { unified, raw: unified };
}
