// The clients of Cohere.
import { events, json, lines, model, of, request, type Subject, tool, weather } from './subject';

// Loading a package takes longer than a server keeps connections.
const packages: Record<string, any> = {
  'cohere-ai': require('cohere-ai'),
  'cohere-7': require('cohere-7'),
};

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

export const COHERE: Subject[] = ['cohere-ai', 'cohere-7'].flatMap((name) => [
  cohere2(name),
  cohere1(name),
]);
