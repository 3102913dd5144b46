// The client of Bedrock, and the frames of its streams.
import { json, messages, model, of, type Subject, weather } from './subject';

const { BedrockRuntimeClient, ...commands } = require('@aws-sdk/client-bedrock-runtime');
const { NodeHttpHandler } = require('@smithy/node-http-handler');
const { EventStreamCodec } = require('@smithy/eventstream-codec');
const { fromUtf8, toUtf8 } = require('@smithy/util-utf8');

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** A frame of an event stream of AWS. */
export function frame(type: string, body: unknown, kind = 'event'): Uint8Array {
  const header = (value: string) => ({ type: 'string', value });
  return codec.encode({
    headers: {
      ':message-type': header(kind),
      [`:${kind}-type`]: header(type),
      ':content-type': header('application/json'),
    },
    body: fromUtf8(JSON.stringify(body)),
  });
}

/** A frame with a chunk of a model's own. */
export function chunk(body: unknown): Uint8Array {
  return frame('chunk', { bytes: Buffer.from(JSON.stringify(body)).toString('base64') });
}

const bedrockClient = (endpoint: string) =>
  new BedrockRuntimeClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
    // Its own one speaks HTTP/2.
    requestHandler: new NodeHttpHandler(),
  });
const converseRequest = {
  modelId: model,
  messages: [{ role: 'user', content: [{ text: 'Say hello' }] }],
  inferenceConfig: { temperature: 0.5 },
  toolConfig: { tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: {} } } }] },
};
const converseUsage = {
  inputTokens: 5,
  outputTokens: 7,
  totalTokens: 18,
  cacheReadInputTokens: 4,
  cacheWriteInputTokens: 2,
};
const converseFacts = of('bedrock', {
  llmCall: { model, promptTokens: 11, completionTokens: 7, temperature: 0.5 },
  metadata: {
    finish_reason: 'tool_use',
    response_id: 'request-1',
    tool_calls: ['get_weather'],
    tool_names: ['get_weather'],
    cached_tokens: 4,
    cache_creation_tokens: 2,
  },
});

const bedrock: Subject = {
  name: 'bedrock, Converse',
  make: bedrockClient,
  whole: (client) => client.send(new commands.ConverseCommand(converseRequest)),
  stream: async (client) =>
    (await client.send(new commands.ConverseStreamCommand(converseRequest))).stream,
  answer: {
    output: {
      message: {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Hm.', signature: 's' } } },
          { text: 'Hello world' },
          { toolUse: { toolUseId: 'c1', name: 'get_weather', input: weather } },
        ],
      },
    },
    stopReason: 'tool_use',
    usage: converseUsage,
    metrics: { latencyMs: 5 },
  },
  pieces: [
    frame('messageStart', { role: 'assistant' }),
    frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hello ' } }),
    frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'world' } }),
    frame('contentBlockStop', { contentBlockIndex: 0 }),
    frame('contentBlockStart', {
      contentBlockIndex: 1,
      start: { toolUse: { toolUseId: 'c1', name: 'get_weather' } },
    }),
    frame('contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: json } } }),
    frame('contentBlockStop', { contentBlockIndex: 1 }),
    frame('messageStop', { stopReason: 'tool_use' }),
    frame('metadata', { usage: converseUsage, metrics: { latencyMs: 5 } }),
  ],
  wholeFacts: converseFacts,
  streamFacts: converseFacts,
  type: 'application/vnd.amazon.eventstream',
  requestIdHeader: 'x-amzn-requestid',
};

const claudeUsage = {
  input_tokens: 5,
  output_tokens: 7,
  cache_read_input_tokens: 4,
  cache_creation_input_tokens: 2,
};
const claude = {
  id: 'answer-1',
  type: 'message',
  role: 'assistant',
  model: 'some-model-2026',
  content: [
    { type: 'text', text: 'Hello world' },
    { type: 'tool_use', id: 'c1', name: 'get_weather', input: weather },
  ],
  stop_reason: 'tool_use',
  usage: claudeUsage,
};
const claudeInput = {
  modelId: model,
  contentType: 'application/json',
  body: JSON.stringify({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 10,
    messages,
    temperature: 0.5,
    tools: [{ name: 'get_weather', input_schema: {} }],
  }),
};
const claudeFacts = {
  llmCall: { ...converseFacts.llmCall, model: 'some-model-2026' },
  metadata: { ...converseFacts.metadata, response_id: 'answer-1' },
};

const bedrockInvoke: Subject = {
  ...bedrock,
  name: 'bedrock, InvokeModel',
  whole: (client) => client.send(new commands.InvokeModelCommand(claudeInput)),
  stream: async (client) =>
    (await client.send(new commands.InvokeModelWithResponseStreamCommand(claudeInput))).body,
  answer: claude,
  pieces: [
    chunk({
      type: 'message_start',
      message: {
        ...claude,
        content: [],
        stop_reason: null,
        usage: { ...claudeUsage, output_tokens: 1 },
      },
    }),
    chunk({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello ' } }),
    chunk({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'world' } }),
    chunk({
      type: 'content_block_start',
      index: 1,
      content_block: { ...claude.content[1], input: {} },
    }),
    chunk({
      type: 'content_block_delta',
      index: 1,
      delta: { type: 'input_json_delta', partial_json: json },
    }),
    chunk({
      type: 'message_delta',
      delta: { stop_reason: 'tool_use' },
      usage: { output_tokens: 7 },
    }),
    chunk({
      type: 'message_stop',
      'amazon-bedrock-invocationMetrics': { inputTokenCount: 5, outputTokenCount: 7 },
    }),
  ],
  wholeFacts: claudeFacts,
  streamFacts: claudeFacts,
};

export const BEDROCK: Subject[] = [bedrock, bedrockInvoke];
