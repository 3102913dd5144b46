// Clients of providers' own packages, what to ask of them, and what their servers answer.
import { chatTools } from '../support/watching';
import { BEDROCK } from './bedrock-subjects';
import { COHERE } from './cohere-subjects';
import {
  base,
  type Facts,
  lines,
  messages,
  model,
  of,
  request,
  type Subject,
  sse,
  tool,
  usage,
  weather,
} from './subject';

// Loading some of them takes longer than a server keeps connections.
const { Groq } = require('groq-sdk');
const { Together } = require('together-ai');
const { Ollama } = require('ollama');
const packages: Record<string, any> = {
  mistral: require('@mistralai/mistralai'),
  'mistral-1': require('mistral-1'),
};

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

export const SUBJECTS: Subject[] = [
  groq,
  together,
  ollama,
  mistral('mistral'),
  mistral('mistral-1'),
  ...COHERE,
  ...BEDROCK,
];
