// The names that instrumentations give to what they tell, in one table. They change with almost every release of an
// instrumentation: what is new is added here, and what is old stays. Newer spellings come first.
//
// `gen_ai.*`: OpenTelemetry's conventions in their present state of development, and their older states.
// `ai.*`: Vercel AI SDK 4 to 6. `llm.*`, `openinference.*`: OpenInference. `traceloop.*`, and `gen_ai.prompt.0.content`:
// OpenLLMetry, whose older releases wrote `llm.*`, too.

import type { Attributes } from './api';

/** What kind of step a span is. */
export type Kind =
  | 'agent'
  | 'llm_call'
  | 'embedding'
  | 'tool_call'
  | 'retrieval'
  | 'guardrail'
  | 'evaluation';

/**
 * Attributes that say what a span is about, the most reliable first, with the kinds by their values, of which the first
 * that matches counts. If none does, the next attribute decides.
 */
export const KINDS: readonly [attribute: string, kinds: readonly [value: RegExp, kind: Kind][]][] =
  [
    [
      'openinference.span.kind',
      [
        [/^llm$/i, 'llm_call'],
        [/^embedding$/i, 'embedding'],
        [/^tool$/i, 'tool_call'],
        [/^(retriever|reranker)$/i, 'retrieval'],
        [/^guardrail$/i, 'guardrail'],
        [/^evaluator$/i, 'evaluation'],
        [/^/, 'agent'],
      ],
    ],
    [
      'ai.operationId',
      [
        [/^ai\.toolcall$/i, 'tool_call'],
        [/\.doembed/i, 'embedding'],
        [/\.dorerank/i, 'retrieval'],
        // The outer spans, such as `ai.generateText`, repeat the usage of these.
        [/\.do/i, 'llm_call'],
        [/^/, 'agent'],
      ],
    ],
    [
      'gen_ai.operation.name',
      [
        [/^(chat|(text_)?completion|generate_content|message)$/i, 'llm_call'],
        [/^embeddings?$/i, 'embedding'],
        [/^execute_tool$/i, 'tool_call'],
        [/^(retrieval|rerank)$/i, 'retrieval'],
        [/^(guard|guardrail\.run)$/i, 'guardrail'],
        [/^((invoke|create)_agent|invoke_workflow|agent_step)$/i, 'agent'],
      ],
    ],
    [
      'traceloop.span.kind',
      [
        [/^tool$/i, 'tool_call'],
        [/^/, 'agent'],
      ],
    ],
    [
      'llm.request.type',
      [
        [/^embedding$/i, 'embedding'],
        [/^rerank$/i, 'retrieval'],
        [/^/, 'llm_call'],
      ],
    ],
  ];

/** Attributes that are found on spans of one kind only, for instrumentations that do not name it. */
export const SIGNS: readonly [attribute: string, kind: Kind][] = [
  ['gen_ai.tool.name', 'tool_call'],
  ['ai.toolCall.name', 'tool_call'],
  ['tool.name', 'tool_call'],
  ['embedding.model_name', 'embedding'],
  ['gen_ai.retrieval.query.text', 'retrieval'],
  ['retrieval.documents.0.document.content', 'retrieval'],
  ['retrieval.documents.0.document.id', 'retrieval'],
  ['gen_ai.agent.name', 'agent'],
  ['gen_ai.request.model', 'llm_call'],
  ['gen_ai.response.model', 'llm_call'],
  ['gen_ai.usage.input_tokens', 'llm_call'],
  ['gen_ai.usage.prompt_tokens', 'llm_call'],
  ['llm.model_name', 'llm_call'],
  ['llm.token_count.prompt', 'llm_call'],
];

/** The beginnings of attributes that no span has but those of agents. Its kind is `agent`, if nothing else tells it. */
export const PREFIXES =
  /^(?:gen_ai|traceloop|llm|openinference)\.|^ai\.(?:telemetry|model|prompt)\b/;

/** Where facts are. */
export const FIELDS = {
  provider: [
    'gen_ai.provider.name',
    'gen_ai.system',
    'llm.provider',
    'ai.model.provider',
    'llm.vendor',
    'llm.system',
  ],
  model: [
    'gen_ai.request.model',
    'ai.model.id',
    'llm.request.model_name',
    'llm.request.model',
    'llm.model_name',
    'embedding.model_name',
    'reranker.model_name',
  ],
  servedModel: [
    'gen_ai.response.model',
    'ai.response.model',
    'llm.response.model_name',
    'llm.response.model',
  ],
  promptTokens: [
    'gen_ai.usage.input_tokens',
    'ai.usage.inputTokens',
    'gen_ai.usage.prompt_tokens',
    'ai.usage.promptTokens',
    'ai.usage.tokens',
    'llm.token_count.prompt',
    'llm.usage.prompt_tokens',
  ],
  completionTokens: [
    'gen_ai.usage.output_tokens',
    'ai.usage.outputTokens',
    'gen_ai.usage.completion_tokens',
    'ai.usage.completionTokens',
    'llm.token_count.completion',
    'llm.usage.completion_tokens',
  ],
  totalTokens: [
    'gen_ai.usage.total_tokens',
    'ai.usage.totalTokens',
    'llm.token_count.total',
    'llm.usage.total_tokens',
  ],
  cachedTokens: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'gen_ai.usage.input_tokens.cached',
    'ai.usage.inputTokenDetails.cacheReadTokens',
    'ai.usage.cachedInputTokens',
    'llm.token_count.prompt_details.cache_read',
    'llm.token_count.prompt_details.cache_input',
  ],
  cacheCreationTokens: [
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.input_tokens.cache_write',
    'ai.usage.inputTokenDetails.cacheWriteTokens',
    'llm.token_count.prompt_details.cache_write',
  ],
  reasoningTokens: [
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'gen_ai.usage.output_tokens.reasoning',
    'ai.usage.outputTokenDetails.reasoningTokens',
    'ai.usage.reasoningTokens',
    'llm.token_count.completion_details.reasoning',
  ],
  cost: ['gen_ai.usage.cost', 'llm.cost.total'],
  temperature: ['gen_ai.request.temperature', 'ai.settings.temperature', 'llm.temperature'],
  finishReason: [
    'gen_ai.response.finish_reasons',
    'ai.response.finishReason',
    'llm.finish_reason',
    'gen_ai.completion.0.finish_reason',
    'llm.completions.0.finish_reason',
  ],
  responseId: ['gen_ai.response.id', 'ai.response.id'],
  /** In seconds. */
  firstChunkSeconds: [
    'gen_ai.response.time_to_first_chunk',
    'gen_ai.client.operation.time_to_first_chunk',
  ],
  firstChunkMs: ['ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk'],
  toolCallId: ['gen_ai.tool.call.id', 'ai.toolCall.id', 'tool_call.id', 'tool.id'],
  errorType: ['error.type', 'gen_ai.guardrail.error.type'],
  session: [
    'gen_ai.conversation.id',
    'session.id',
    'ai.telemetry.metadata.sessionId',
    'ai.telemetry.metadata.session_id',
    'traceloop.association.properties.session_id',
  ],
  user: [
    'user.id',
    'enduser.id',
    'ai.telemetry.metadata.userId',
    'ai.telemetry.metadata.user_id',
    'traceloop.association.properties.user_id',
  ],
} as const;

/** Where the name of what a span is about is, by its kind. */
export const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  agent: [
    'gen_ai.agent.name',
    'ai.telemetry.functionId',
    'agent.name',
    'gen_ai.workflow.name',
    'traceloop.entity.name',
    'graph.node.name',
  ],
  tool_call: ['gen_ai.tool.name', 'ai.toolCall.name', 'tool.name', 'traceloop.entity.name'],
  guardrail: ['gen_ai.guardrail.name'],
  llm_call: ['ai.telemetry.functionId'],
  embedding: ['ai.telemetry.functionId'],
  retrieval: [],
  evaluation: ['gen_ai.evaluation.name', 'evaluation.name'],
};

/** Attributes with content: texts, or JSON of messages. The members of some are attributes of their own. */
export const CONTENT = {
  input: [
    'gen_ai.input.messages',
    'gen_ai.tool.call.arguments',
    'gen_ai.retrieval.query.text',
    'gen_ai.guardrail.input',
    'ai.prompt.messages',
    'ai.prompt',
    'ai.toolCall.args',
    'ai.value',
    'ai.values',
    'gen_ai.prompt',
    'traceloop.entity.input',
    'input.value',
    'tool.parameters',
  ],
  output: [
    'gen_ai.output.messages',
    'gen_ai.tool.call.result',
    'gen_ai.retrieval.documents',
    'gen_ai.guardrail.output',
    'ai.response.text',
    'ai.response.object',
    'ai.response.toolCalls',
    'ai.toolCall.result',
    'gen_ai.completion',
    'traceloop.entity.output',
    'output.value',
  ],
  system: ['gen_ai.system_instructions'],
  /** Beginnings of attributes that are spread: `gen_ai.prompt.0.content`, `llm.input_messages.0.message.content`. */
  spreadInput: ['llm.input_messages', 'gen_ai.prompt', 'llm.prompts'],
  spreadOutput: [
    'llm.output_messages',
    'gen_ai.completion',
    'llm.completions',
    'retrieval.documents',
  ],
} as const;

/** Events that are messages, and events whose attributes are those of their span. */
export const EVENTS: Readonly<Record<string, 'input' | 'output' | 'attributes'>> = {
  'gen_ai.system.message': 'input',
  'gen_ai.user.message': 'input',
  'gen_ai.assistant.message': 'input',
  'gen_ai.tool.message': 'input',
  'gen_ai.choice': 'output',
  'gen_ai.content.prompt': 'attributes',
  'gen_ai.content.completion': 'attributes',
  'gen_ai.client.inference.operation.details': 'attributes',
};

/** Events whose time is that of the first chunk of a stream. */
export const FIRST_CHUNK_EVENTS = ['ai.stream.firstChunk', 'First Token Stream Event'];

/** Events of a failure. */
export const EXCEPTION_EVENTS = ['exception', 'gen_ai.client.operation.exception'];

/** Providers whose names in the conventions begin with something else than here, the most special first. */
export const PROVIDERS: readonly [beginning: RegExp, provider: string][] = [
  [/^((google|gcp)[.-])?vertex/, 'vertex'],
  [/^(google|gemini|gcp)/, 'google'],
  [/^(azure|az\.ai)/, 'azure'],
  [/^(aws|amazon|bedrock)/, 'bedrock'],
  [/^x_?ai/, 'xai'],
];

/** The beginnings of providers that this package names so. */
export const SAME_PROVIDERS = /^(anthropic|openai|mistral|together|fireworks)/;

/** The same for what this package writes. Other names are those of the conventions, too. */
export const WRITTEN_PROVIDERS: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  bedrock: 'aws.bedrock',
  google: 'gcp.gemini',
  vertex: 'gcp.vertex_ai',
  mistral: 'mistral_ai',
  xai: 'x_ai',
};

/**
 * Whether the input tokens are those of Anthropic's and Bedrock's API, which count what was read from a cache or written
 * to it apart. The conventions say since 2026 that input tokens include both, for every provider; before, they said
 * nothing, and had no attribute for what is cached. OpenInference has always included them. Known to repeat the number
 * of the API are:
 *
 * - OpenLLMetry's instrumentation of Anthropic for JavaScript (read in 0.27), which also leaves them out of its total.
 * - AI SDK 5: `ai.usage.cachedInputTokens` for providers that count apart. AI SDK 6 adds them up, and writes
 *   `ai.usage.inputTokenDetails.*` in addition.
 *
 * Besides, a part cannot be more than the whole: then the cached tokens are apart, too.
 *
 * @param scope the name of the instrumentation
 * @param provider as the span spells it
 */
export function countsCacheApart(attributes: Attributes, scope: string, provider = ''): boolean {
  return (
    scope === '@traceloop/instrumentation-anthropic' ||
    (attributes['ai.usage.cachedInputTokens'] !== undefined &&
      /anthropic|bedrock/.test(provider) &&
      !Object.keys(attributes).some((name) => name.startsWith('ai.usage.inputTokenDetails.')))
  );
}
