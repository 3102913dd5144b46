// What the tests of watch() share: a provider, a question for it, and a trace around it.
import {
  type ExecutionStep,
  InfiniumClient,
  type TaskData,
  traceTool,
  type WatchOptions,
  watch,
} from 'infinium-o2';
import { type Provider, startProvider } from './provider';

// For the tests of other packages, in whose folder the name of this one has no meaning.
export { traceTool, type WatchOptions, watch };

export const model = 'some-model';
export const ask = [{ role: 'user' as const, content: 'Say hello' }];
export const anthropicBody = { model, max_tokens: 10, messages: ask };
export const chatTools = [
  {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      parameters: {},
      parse: JSON.parse,
      function: async () => 'sunny',
    },
  },
];

/** Runs a provider for the tests of a file; it forgets between them. */
export function useProvider(): { provider: Provider } {
  const use = {} as { provider: Provider };
  beforeAll(async () => {
    use.provider = await startProvider();
    // Jest's globals lack what one of the clients looks for, and makes only when it is first needed.
    await fetch(use.provider.url, { method: 'POST', body: '{}' });
    const dispatcher = Symbol.for('undici.globalDispatcher.1');
    const outer = (URL.constructor as FunctionConstructor)('return globalThis')();
    (globalThis as any)[dispatcher] = outer[dispatcher];
  });
  afterAll(() => use.provider.stop());
  beforeEach(() => {
    use.provider.requests.length = 0;
    use.provider.script.length = 0;
  });
  return use;
}

/** Lets the provider refuse the next request. */
export function refuse(provider: Provider, status: number): void {
  provider.script.push((response) => {
    response.statusCode = status;
    // Clients wait half a second otherwise.
    response.setHeader('retry-after-ms', '1');
    response.setHeader('content-type', 'application/json');
    response.end('{"error":{"message":"no such luck","type":"invalid"}}');
  });
}

export const infinium = new InfiniumClient({
  agentId: 'agent-1',
  agentSecret: 'secret-0123',
  baseUrl: 'http://127.0.0.1:9',
});

/** Runs a function as a trace, and returns its task. */
export async function traced(fn: () => unknown): Promise<TaskData> {
  let seen: TaskData | undefined;
  const onTrace = (task: TaskData) => {
    seen = task;
  };
  await infinium
    .trace('Test', { autoSend: false, onTrace }, async () => fn())()
    .catch(() => {});
  return seen as TaskData;
}

/** What is recorded of an answer of the provider to a client of OpenAI. */
export const openaiFacts = {
  provider: 'openai',
  model: 'some-model-2026',
  promptTokens: 11,
  completionTokens: 7,
};

/** A watched client of OpenAI that asks the provider. */
export function watchedOpenAI(provider: Provider, options?: WatchOptions): any {
  const { OpenAI } = require('openai');
  const baseURL = `${provider.url}/v1`;
  return watch(new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 }), options);
}

/** Lets the provider give this answer next. */
export function answerWith(provider: Provider, answer: unknown): void {
  provider.script.push((response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
}

/** Lets the provider stream these chunks next. */
export function streamWith(provider: Provider, chunks: any[]): void {
  provider.script.push((response) => {
    response.setHeader('content-type', 'text/event-stream');
    for (const chunk of chunks) {
      if (chunk.type) response.write(`event: ${chunk.type}\n`);
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    }
    response.end();
  });
}

/** A client of Anthropic that asks the provider, not watched. */
export function plainAnthropic(provider: Provider): any {
  const { Anthropic } = require('@anthropic-ai/sdk');
  return new Anthropic({ apiKey: 'none', baseURL: provider.url, maxRetries: 0, logLevel: 'off' });
}

/** A client of Gemini that asks the provider, not watched. */
export function plainGemini(provider: Provider, packageName = '@google/genai'): any {
  const { GoogleGenAI } = require(packageName);
  return new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: provider.url } });
}

/** Reads a stream to its end. */
export async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _item of stream) {
    // All of it.
  }
}

export type Counts = [prompt?: number, completion?: number, metadata?: Record<string, number>];

/** The tokens of the one call of a trace, and its metadata that counts tokens. */
export async function countsOf(run: () => unknown): Promise<Counts> {
  const { steps } = await traced(run);
  expect(steps).toHaveLength(2);
  const [, { llmCall, metadata }] = steps as ExecutionStep[];
  const counted = Object.entries(metadata ?? {}).filter(([key]) => key.endsWith('_tokens'));
  return [
    llmCall?.promptTokens ?? undefined,
    llmCall?.completionTokens ?? undefined,
    Object.fromEntries(counted) as Record<string, number>,
  ];
}
