import type { ErrorDetail, ExecutionStep, TaskData } from '../../../index';
import { type Attributes, KIND_CLIENT, KIND_INTERNAL } from './api';
import { WRITTEN_PROVIDERS } from './conventions';

/** A span to write. */
export interface Described {
  name: string;
  kind: number;
  attributes: Attributes;
  error: ErrorDetail | undefined;
}

/** The operations of the conventions, by the action of a step. */
const OPERATIONS: Readonly<Record<string, string>> = {
  llm_call: 'chat',
  embedding: 'embeddings',
  tool_call: 'execute_tool',
  agent: 'invoke_agent',
  retrieval: 'retrieval',
};

export function describeTrace(task: TaskData, captureContent: boolean): Described {
  const tags = task.environment?.customTags;
  const error = task.errors?.at(-1);
  return {
    name: `invoke_agent ${task.name}`,
    kind: KIND_INTERNAL,
    attributes: known({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': task.name,
      'gen_ai.conversation.id': tags?.session_id,
      'user.id': tags?.user_id,
      'error.type': error?.errorType,
      ...(captureContent && {
        'gen_ai.input.messages': messages('user', task.inputSummary),
        'gen_ai.output.messages': messages('assistant', task.outputSummary),
      }),
    }),
    error,
  };
}

/** @param requested the model that was asked for, which may not be the one that answered */
export function describeStep(
  step: ExecutionStep,
  requested: string | undefined,
  captureContent: boolean,
): Described {
  const { action, description, llmCall, toolCall, metadata = {} } = step;
  const operation = OPERATIONS[action];
  const name = requested ?? llmCall?.model ?? toolCall?.toolName ?? description;
  const error = step.error ?? toolCall?.error ?? undefined;
  return {
    name: `${operation ?? action} ${name}`,
    kind: llmCall ? KIND_CLIENT : KIND_INTERNAL,
    attributes: known({
      'gen_ai.operation.name': operation,
      'gen_ai.agent.name': action === 'agent' ? name : undefined,
      ...(llmCall && callAttributes(step, name)),
      'gen_ai.tool.name': toolCall?.toolName,
      'gen_ai.tool.call.id': metadata?.tool_call_id,
      'error.type': error?.errorType,
      ...(captureContent && contentAttributes(step)),
    }),
    error,
  };
}

function callAttributes({ llmCall, metadata }: ExecutionStep, requested: string): Attributes {
  const { provider, model, promptTokens, completionTokens, temperature } = llmCall as any;
  const told: Record<string, any> = metadata ?? {};
  const firstChunk = told.time_to_first_token_ms;
  return {
    'gen_ai.provider.name': WRITTEN_PROVIDERS[provider] ?? provider,
    'gen_ai.request.model': requested,
    'gen_ai.response.model': model,
    'gen_ai.request.temperature': temperature,
    'gen_ai.usage.input_tokens': promptTokens,
    'gen_ai.usage.output_tokens': completionTokens,
    'gen_ai.usage.cache_read.input_tokens': told.cached_tokens,
    'gen_ai.usage.cache_creation.input_tokens': told.cache_creation_tokens,
    'gen_ai.usage.reasoning.output_tokens': told.reasoning_tokens,
    'gen_ai.usage.cost': told.cost_usd,
    'gen_ai.response.finish_reasons': told.finish_reason && [told.finish_reason],
    'gen_ai.response.id': told.response_id,
    'gen_ai.response.time_to_first_chunk': firstChunk && firstChunk / 1e3,
  };
}

function contentAttributes({
  inputPreview,
  outputPreview,
  toolCall,
  llmCall,
  action,
}: ExecutionStep) {
  if (toolCall) {
    return {
      'gen_ai.tool.call.arguments': toolCall.inputSummary,
      'gen_ai.tool.call.result': toolCall.outputSummary,
    };
  }
  if (action === 'retrieval') return { 'gen_ai.retrieval.query.text': inputPreview };
  if (!llmCall && action !== 'agent') return {};
  return {
    'gen_ai.input.messages': messages('user', inputPreview),
    'gen_ai.output.messages': messages('assistant', outputPreview),
  };
}

/** A text in the form of the conventions. */
function messages(role: string, content: string | null | undefined): string | undefined {
  if (!content) return undefined;
  return JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
}

function known(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null),
  );
}
