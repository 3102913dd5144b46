import type { CallFacts } from '../../trace/call-facts';
import { finishReason, modelUsage, providerName } from '../../watch/ai-sdk-facts';
import { finiteNumber, nonEmptyString } from '../../watch/facts';
import type { RunOptions } from '../common';
import { actionOf, inputOf, nameOfRun } from './names';

/** The attributes of a span, as versions 5 and 6 write them. */
export type Attributes = Record<string, unknown>;

const METADATA = 'ai.telemetry.metadata.';
/** Attributes that are missing where `recordInputs` is false. */
const INPUTS = ['ai.prompt', 'ai.value', 'ai.values', 'ai.documents'];

export function runOptions(operationId: string, attributes: Attributes): RunOptions {
  const input = INPUTS.find((name) => attributes[name] !== undefined);
  const { [input ?? '']: given } = attributes;
  return {
    name: nameOfRun({ functionId: attributes['ai.telemetry.functionId'], operationId }),
    action: actionOf(operationId),
    input: input === 'ai.prompt' ? inputOf(parse(given) ?? {}) : parse(given),
    metadata: { operation: operationId, ...metadataOf(attributes) },
    content: { input: input !== undefined },
  };
}

function metadataOf(attributes: Attributes): Record<string, unknown> {
  const given = Object.entries(attributes).filter(([name]) => name.startsWith(METADATA));
  return Object.fromEntries(given.map(([name, value]) => [name.slice(METADATA.length), value]));
}

export function requestOf(attributes: Attributes): CallFacts {
  const tools = attributes['ai.prompt.tools'];
  const names: any[] = Array.isArray(tools) ? tools.map(nameOfTool) : [];
  return {
    provider: providerName(attributes['ai.model.provider'] ?? attributes['gen_ai.system']),
    model: nonEmptyString(attributes['ai.model.id'] ?? attributes['gen_ai.request.model']),
    temperature: finiteNumber(
      attributes['gen_ai.request.temperature'] ?? attributes['ai.settings.temperature'],
    ),
    toolNames: names.filter((name) => nonEmptyString(name)),
  };
}

/** How the SDK writes a tool that has no unusual name. Its schema may be long. */
const TOOL = /^\{"type":"[\w-]+",(?:"id":"[\w.-]+",)?"name":"([\w.-]+)"/;

function nameOfTool(tool: unknown): unknown {
  return TOOL.exec(tool as string)?.[1] ?? (parse(tool) as any)?.name;
}

/** What the span of a call tells of the answer, for versions whose calls return something unknown. */
export function answerOf(attributes: Attributes): CallFacts {
  const at = (name: string) => attributes[`ai.${name}`];
  return {
    ...modelUsage({
      inputTokens: at('usage.inputTokens') ?? at('usage.promptTokens'),
      outputTokens: at('usage.outputTokens') ?? at('usage.completionTokens'),
      tokens: at('usage.tokens'),
      cachedInputTokens: at('usage.cachedInputTokens'),
      reasoningTokens: at('usage.reasoningTokens'),
      totalTokens: at('usage.totalTokens'),
      inputTokenDetails: {
        noCacheTokens: at('usage.inputTokenDetails.noCacheTokens'),
        cacheReadTokens: at('usage.inputTokenDetails.cacheReadTokens'),
        cacheWriteTokens: at('usage.inputTokenDetails.cacheWriteTokens'),
      },
    }),
    finishReason: finishReason(at('response.finishReason')),
    responseId: nonEmptyString(at('response.id')),
    servedModel: nonEmptyString(at('response.model')),
    timeToFirstTokenMs: finiteNumber(at('response.msToFirstChunk')),
  };
}

/** @returns what came out, as far as `recordOutputs` allows to record it */
export function outputOf(attributes: Attributes): string | undefined {
  return (
    nonEmptyString(attributes['ai.response.text']) ??
    nonEmptyString(attributes['ai.response.object'])
  );
}

/** Values that are no texts are written as JSON. */
export function parse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(parse);
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
