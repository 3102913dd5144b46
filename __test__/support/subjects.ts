// The client packages that are tested beside other packages.
import { type Check, describeError, texts } from './checks';
import { openaiChecks } from './openai-checks';
import type { Provider } from './provider';
import { anthropicBody, model, refuse } from './watching';
import type { Subject } from './wrappers';

/** @param name `openai`, or another version of it */
export function openaiSubject(use: { provider: Provider }, name: string): Subject {
  return {
    name,
    checks: openaiChecks(use),
    load() {
      const { APIPromise } = require(`${name}/core/api-promise`);
      const { Stream } = require(`${name}/core/streaming`);
      return { ...require(name), APIPromise, Stream };
    },
    make({ OpenAI }, fetch) {
      const baseURL = `${use.provider.url}/v1`;
      return new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0, logLevel: 'off', fetch });
    },
  };
}

/** @param name `@anthropic-ai/sdk`, or another version of it */
export function anthropicSubject(use: { provider: Provider }, name: string): Subject {
  const checks: Check[] = [
    ['a message', (c) => c.messages.create(anthropicBody)],
    ['beta messages', (c) => c.beta.messages.create(anthropicBody)],
    [
      'a stream',
      async (c) =>
        texts(await c.messages.create({ ...anthropicBody, stream: true }), (event) => event.type),
    ],
    [
      'the stream helper',
      async (c) => (await c.messages.stream(anthropicBody).finalMessage()).content,
    ],
    [
      'a refusal',
      async (c) => {
        refuse(use.provider, 400);
        return c.messages.create(anthropicBody).catch(describeError);
      },
    ],
    [
      'a clone with other options',
      async (c) => (await c.withOptions({ maxRetries: 0 }).messages.create(anthropicBody)).model,
    ],
  ];
  return {
    name,
    checks,
    load: () => require(name),
    make: ({ Anthropic }, fetch) =>
      new Anthropic({ apiKey: 'none', baseURL: use.provider.url, maxRetries: 0, fetch }),
  };
}

/** @param name `@google/genai`, or another version of it */
export function genaiSubject(use: { provider: Provider }, name: string): Subject {
  const request = { model, contents: 'Say hello' };
  const checks: Check[] = [
    ['content', async (c) => (await c.models.generateContent(request)).text],
    [
      'a stream',
      async (c) => texts(await c.models.generateContentStream(request), (chunk) => chunk.text),
    ],
    [
      'a chat',
      async (c) => (await c.chats.create({ model }).sendMessage({ message: 'Say hello' })).text,
    ],
    [
      'a chat stream',
      async (c) => {
        const chat = c.chats.create({ model });
        return texts(await chat.sendMessageStream({ message: 'Say hello' }), ({ text }) => text);
      },
    ],
    [
      'a refusal',
      async (c) => {
        refuse(use.provider, 400);
        return c.models.generateContent(request).catch((error: any) => [error.name, error.status]);
      },
    ],
  ];
  return {
    name,
    checks,
    load: () => require(name),
    make: ({ GoogleGenAI }) =>
      new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: use.provider.url } }),
  };
}
