// Clients of providers' own packages, what to ask of them, and what their servers answer.
import type { ServerResponse } from 'node:http';
import { chatTools } from '../support/watching';

// Loading some of them takes longer than a server keeps connections.
const { Groq } = require('groq-sdk');
const { Together } = require('together-ai');
const { Ollama } = require('ollama');
const packages: Record<string, any> = {
  mistral: require('@mistralai/mistralai'),
  'mistral-1': require('mistral-1'),
  'cohere-ai': require('cohere-ai'),
  'cohere-7': require('cohere-7'),
};

/** What an LLM step of a trace has. */
export interface Facts {
  llmCall: object;
  metadata: object;
}

export interface Subject {
  /** The package, and which of its methods. */
  name: string;
  make(url: string): any;
  whole(client: any): Promise<any>;
  stream(client: any): Promise<AsyncIterable<any>>;
  /** The answer of the server to the first, which asks for the tool. */
  answer: unknown;
  /** The pieces of its answer to the second, which asks for the tool as well. */
  pieces: (string | Uint8Array)[];
  wholeFacts: Facts;
  streamFacts: Facts;
  /** The media type of a stream. */
  type: string;
  /** What names the request in the headers of a refusal. */
  requestIdHeader?: string;
}

export const model = 'some-model';
const messages = [{ role: 'user', content: 'Say hello' }];
const weather = { city: 'Paris' };
const json = JSON.stringify(weather);

export const sse = (chunks: unknown[], end = '') =>
  [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), end].filter((text) => text);
const events = (chunks: { type: string }[]) =>
  chunks.map((chunk) => `event: ${chunk.type}\ndata: ${JSON.stringify(chunk)}\n\n`);
const lines = (chunks: unknown[]) => chunks.map((chunk) => `${JSON.stringify(chunk)}\n`);

const usage = {
  prompt_tokens: 11,
  completion_tokens: 7,
  total_tokens: 18,
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 2 },
};
const base = { id: 'answer-1', created: 0, model: 'some-model-2026' };
const tool = { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: json } };
const completion = {
  ...base,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello world', tool_calls: [tool] },
      finish_reason: 'tool_calls',
    },
  ],
  usage,
};
const delta = (delta: object, finish_reason: string | null = null, rest = {}) => ({
  ...base,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason }],
  ...rest,
});
const deltas = [
  delta({ role: 'assistant', content: '' }),
  delta({ content: 'Hello ' }),
  delta({ content: 'world' }),
  delta({ tool_calls: [{ index: 0, ...tool }] }),
];

const request = { model, messages, temperature: 0.5, tools: chatTools };
const openai: Facts = {
  llmCall: {
    model: 'some-model-2026',
    promptTokens: 11,
    completionTokens: 7,
    temperature: 0.5,
  },
  metadata: {
    finish_reason: 'tool_calls',
    response_id: 'answer-1',
    tool_calls: ['get_weather'],
    tool_names: ['get_weather'],
    cached_tokens: 3,
    reasoning_tokens: 2,
  },
};
const of = (provider: string, { llmCall, metadata }: Facts): Facts => ({
  llmCall: { provider, ...llmCall },
  metadata,
});

const groq: Subject = {
  name: 'groq-sdk',
  make: (baseURL) => new Groq({ apiKey: 'none', baseURL, maxRetries: 0 }),
  whole: (client) => client.chat.completions.create(request),
  stream: (client) => client.chat.completions.create({ ...request, stream: true }),
  answer: { ...completion, x_groq: { id: 'req-1', usage: { dram_cached_tokens: 1 } } },
  // Groq tells the usage of a stream here.
  pieces: sse(
    [...deltas, delta({}, 'tool_calls', { x_groq: { id: 'req-1', usage } })],
    'data: [DONE]\n\n',
  ),
  wholeFacts: of('groq', openai),
  streamFacts: of('groq', openai),
  type: 'text/event-stream',
  requestIdHeader: 'x-request-id',
};

const together: Subject = {
  name: 'together-ai',
  make: (url) => new Together({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0 }),
  whole: (client) => client.chat.completions.create(request),
  stream: (client) => client.chat.completions.create({ ...request, stream: true }),
  answer: completion,
  pieces: sse([...deltas, delta({}, 'tool_calls', { usage })], 'data: [DONE]\n\n'),
  wholeFacts: of('together', openai),
  streamFacts: of('together', openai),
  type: 'text/event-stream',
  requestIdHeader: 'x-request-id',
};

const ollamaBase = { model: 'some-model-2026', created_at: '2026-01-01T00:00:00Z' };
const ollamaMessage = (content: string, rest = {}) => ({
  ...ollamaBase,
  message: { role: 'assistant', content, ...rest },
  done: false,
});
const ollamaTool = { function: { name: 'get_weather', arguments: weather } };
const ollamaEnd = {
  done: true,
  done_reason: 'stop',
  total_duration: 5,
  prompt_eval_count: 11,
  eval_count: 7,
};
const ollamaFacts = of('ollama', {
  llmCall: { model: 'some-model-2026', promptTokens: 11, completionTokens: 7, temperature: 0.5 },
  metadata: { finish_reason: 'stop', tool_calls: ['get_weather'], tool_names: ['get_weather'] },
});

const ollama: Subject = {
  name: 'ollama',
  make: (host) => new Ollama({ host, fetch }),
  whole: (client) =>
    client.chat({ model, messages, tools: chatTools, options: { temperature: 0.5 } }),
  stream: (client) =>
    client.chat({ model, messages, tools: chatTools, options: { temperature: 0.5 }, stream: true }),
  answer: {
    ...ollamaMessage('Hello world', { thinking: 'Hm.', tool_calls: [ollamaTool] }),
    ...ollamaEnd,
  },
  pieces: lines([
    ollamaMessage('', { thinking: 'Hm.' }),
    ollamaMessage('Hello '),
    ollamaMessage('world'),
    ollamaMessage('', { tool_calls: [ollamaTool] }),
    { ...ollamaMessage(''), ...ollamaEnd },
  ]),
  wholeFacts: ollamaFacts,
  streamFacts: ollamaFacts,
  type: 'application/x-ndjson',
};

const mistral = (name: string): Subject => ({
  name,
  make: (serverURL) => {
    const { Mistral } = packages[name];
    return new Mistral({ apiKey: 'none', serverURL, retryConfig: { strategy: 'none' } });
  },
  whole: (client) => client.chat.complete(request),
  stream: (client) => client.chat.stream(request),
  answer: completion,
  pieces: sse([...deltas, delta({}, 'tool_calls', { usage })], 'data: [DONE]\n\n'),
  wholeFacts: of('mistral', openai),
  streamFacts: of('mistral', openai),
  type: 'text/event-stream',
  requestIdHeader: 'mistral-correlation-id',
});

const cohereUsage = {
  billed_units: { input_tokens: 5, output_tokens: 6 },
  tokens: { input_tokens: 11, output_tokens: 7 },
  cached_tokens: 3,
};
const cohereFacts = of('cohere', {
  llmCall: { model, promptTokens: 11, completionTokens: 7, temperature: 0.5 },
  metadata: {
    finish_reason: 'TOOL_CALL',
    response_id: 'answer-1',
    tool_calls: ['get_weather'],
    tool_names: ['get_weather'],
    cached_tokens: 3,
  },
});

const cohere2 = (name: string): Subject => ({
  name: `${name}, CohereClientV2`,
  make: (environment) => {
    const { CohereClientV2 } = packages[name];
    return new CohereClientV2({ token: 'none', environment, maxRetries: 0 });
  },
  whole: (client) => client.chat(request, { maxRetries: 0 }),
  stream: (client) => client.chatStream(request, { maxRetries: 0 }),
  answer: {
    id: 'answer-1',
    finish_reason: 'TOOL_CALL',
    message: {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.' },
        { type: 'text', text: 'Hello world' },
      ],
      tool_plan: 'I ask.',
      tool_calls: [tool],
    },
    usage: cohereUsage,
  },
  pieces: events([
    { type: 'message-start', id: 'answer-1', delta: { message: { role: 'assistant' } } },
    {
      type: 'content-start',
      index: 0,
      delta: { message: { content: { type: 'text', text: '' } } },
    },
    { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Hello ' } } } },
    { type: 'content-delta', index: 0, delta: { message: { content: { text: 'world' } } } },
    { type: 'content-end', index: 0 },
    { type: 'tool-plan-delta', delta: { message: { tool_plan: 'I ask.' } } },
    {
      type: 'tool-call-start',
      index: 0,
      delta: {
        message: { tool_calls: { ...tool, function: { name: 'get_weather', arguments: '' } } },
      },
    },
    {
      type: 'tool-call-delta',
      index: 0,
      delta: { message: { tool_calls: { function: { arguments: json } } } },
    },
    { type: 'tool-call-end', index: 0 },
    { type: 'message-end', delta: { finish_reason: 'TOOL_CALL', usage: cohereUsage } },
  ] as any),
  wholeFacts: cohereFacts,
  streamFacts: cohereFacts,
  type: 'text/event-stream',
  requestIdHeader: 'x-debug-trace-id',
});

const cohereRequest = {
  model,
  message: 'Say hello',
  chatHistory: [{ role: 'CHATBOT', message: 'Yes?' }],
  temperature: 0.5,
  tools: [{ name: 'get_weather', description: 'Tells the weather' }],
};
const cohereAnswer = {
  response_id: 'answer-1',
  generation_id: 'generation-1',
  text: 'Hello world',
  finish_reason: 'COMPLETE',
  tool_calls: [{ name: 'get_weather', parameters: weather }],
  meta: cohereUsage,
};
const cohere1Facts = {
  ...cohereFacts,
  metadata: { ...cohereFacts.metadata, finish_reason: 'COMPLETE' },
};

const cohere1 = (name: string): Subject => ({
  name: `${name}, CohereClient`,
  make: (environment) => {
    const { CohereClient } = packages[name];
    return new CohereClient({ token: 'none', environment, maxRetries: 0 });
  },
  whole: (client) => client.chat(cohereRequest, { maxRetries: 0 }),
  stream: (client) => client.chatStream(cohereRequest, { maxRetries: 0 }),
  answer: cohereAnswer,
  pieces: lines([
    { event_type: 'stream-start', is_finished: false, generation_id: 'generation-1' },
    { event_type: 'text-generation', is_finished: false, text: 'Hello ' },
    { event_type: 'text-generation', is_finished: false, text: 'world' },
    {
      event_type: 'stream-end',
      is_finished: true,
      finish_reason: 'COMPLETE',
      response: cohereAnswer,
    },
  ]),
  wholeFacts: cohere1Facts,
  streamFacts: cohere1Facts,
  type: 'application/stream+json',
  requestIdHeader: 'x-debug-trace-id',
});

export const SUBJECTS: Subject[] = [
  groq,
  together,
  ollama,
  mistral('mistral'),
  mistral('mistral-1'),
  cohere2('cohere-ai'),
  cohere2('cohere-7'),
  cohere1('cohere-ai'),
  cohere1('cohere-7'),
];

/** Writes pieces of a stream as they come. */
export function write(
  response: ServerResponse,
  type: string,
  pieces: (string | Uint8Array)[],
): void {
  response.setHeader('content-type', type);
  for (const piece of pieces) response.write(piece);
}
