// Facts about a model call, from the three kinds of spans in which versions of Mastra report it.
import type { CallFacts } from '../../trace/call-facts';
import type { ToolRequest } from '../../trace/tool-requests';
import { firstCount } from '../../watch/usage';
import type { ModelCall } from '../common';
import { durationOf, type ExportedSpan, errorOf, timeBetween } from './span';

/** What is known when the call begins. A generation knows the model and what goes in. */
export function startFacts(span: ExportedSpan, generation?: ExportedSpan): CallFacts {
  const { model, provider, parameters, tools, availableTools } = {
    ...generation?.attributes,
    ...span.attributes,
  };
  return {
    model,
    provider: typeof provider === 'string' ? provider.split('.', 1)[0] : undefined,
    temperature: parameters?.temperature,
    toolNames: availableTools ?? tools?.map((tool: any) => tool?.name),
  };
}

/**
 * Ends a call with what its span tells.
 *
 * @param known the tools that the answer is known to have asked for
 */
export function endCall(call: ModelCall, span: ExportedSpan, known?: ToolRequest[]): void {
  const { attributes = {}, output, startTime } = span;
  const { completionStartTime } = attributes;
  const requests = known ?? toolRequests(output);
  const text = textOf(output);
  call.setOutput(text);
  call.keepSecret(text);
  call.end({
    facts: {
      ...startFacts(span),
      ...usageFacts(attributes.usage),
      servedModel: attributes.responseModel,
      responseId: attributes.responseId,
      finishReason: attributes.finishReason,
      timeToFirstTokenMs: timeBetween(startTime, completionStartTime),
      toolCalls: requests.length > 0 ? requests.map(({ name }) => name) : undefined,
      toolRequests: requests.length > 0 ? requests : undefined,
    },
    durationMs: durationOf(span),
    ...errorOf(span),
  });
}

/** Mastra counts everything that was read as input, and everything that was written as output. */
export function usageFacts(usage: any): CallFacts {
  const { inputDetails, outputDetails } = usage ?? {};
  return {
    promptTokens: firstCount(usage?.inputTokens, usage?.promptTokens),
    completionTokens: firstCount(usage?.outputTokens, usage?.completionTokens),
    cachedTokens: firstCount(inputDetails?.cacheRead, usage?.cachedInputTokens),
    cacheCreationTokens: firstCount(inputDetails?.cacheWrite),
    reasoningTokens: firstCount(outputDetails?.reasoning, usage?.reasoningTokens),
  };
}

function toolRequests(output: any): ToolRequest[] {
  const calls: any[] = Array.isArray(output?.toolCalls) ? output.toolCalls : [];
  return calls
    .map((call) => call?.payload ?? call)
    .filter((call) => typeof call?.toolName === 'string')
    .map(({ toolName, toolCallId, args, input }) => ({
      name: toolName,
      id: typeof toolCallId === 'string' ? toolCallId : undefined,
      args: args ?? input,
    }));
}

function textOf(output: any): string | undefined {
  if (typeof output === 'string') return output;
  if (typeof output?.text === 'string' && output.text !== '') return output.text;
  return output?.object === undefined ? undefined : JSON.stringify(output.object);
}
