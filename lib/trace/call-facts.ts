import { MAX_LLM_NAME, MAX_LLM_TOOLS } from '../bridge/limits';
import { truncate } from './text';

/** The known facts about a call to a language model. */
export interface CallFacts {
  provider?: string;
  model?: string;
  promptTokens?: number;
  completionTokens?: number;
  temperature?: number;
  inputPreview?: string;
  outputPreview?: string;
  purpose?: string;
  metadata?: Record<string, unknown>;
  /** The tools that the model requested. */
  toolCalls?: string[];
}

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => Number.isFinite(value);

/** An unexpected answer from a provider must not make the platform refuse the trace. */
const CHECKS: Record<keyof CallFacts, (value: unknown) => boolean> = {
  provider: isText,
  model: isText,
  promptTokens: isNumber,
  completionTokens: isNumber,
  temperature: isNumber,
  inputPreview: isText,
  outputPreview: isText,
  purpose: isText,
  metadata: (value) => JSON.stringify(value) !== undefined,
  toolCalls: (value) => Array.isArray(value) && value.every(isText),
};

/**
 * Adds facts to the known facts. Metadata is merged by key; other facts replace earlier ones. Missing values and
 * values of the wrong type are ignored.
 *
 * @throws whatever reading `facts` throws
 */
export function mergeFacts(known: CallFacts, facts: CallFacts): void {
  for (const [key, value] of Object.entries(facts ?? {})) {
    if (value === undefined || value === null) continue;
    if (!CHECKS[key as keyof CallFacts]?.(value)) continue;
    if (key === 'metadata') known.metadata = { ...known.metadata, ...facts.metadata };
    else Object.assign(known, { [key]: limit(key, value) });
  }
}

function limit(key: string, value: any): unknown {
  if (key === 'model') return truncate(value, MAX_LLM_NAME);
  if (key !== 'toolCalls') return value;
  return value.slice(0, MAX_LLM_TOOLS).map((name: string) => truncate(name, MAX_LLM_NAME));
}
