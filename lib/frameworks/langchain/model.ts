import type { CallFacts } from '../../trace/call-facts';
import { contentText } from '../../watch/content-text';
import { arrayOf, finiteNumber, isObject, nonEmptyString } from '../../watch/facts';
import { openaiProvider } from '../../watch/hosts';
import { offeredTools } from '../../watch/offered-tools';
import { MAX_PREVIEW } from '../../watch/preview';
import { modelUsage } from './usage';

/** Names of LangChain for providers, where ours are others. */
const PROVIDERS: readonly [pattern: RegExp, provider: string][] = [
  [/vertex|^gcp/, 'vertex'],
  [/^google/, 'google'],
  [/bedrock|^aws/, 'bedrock'],
  [/^azure/, 'azure'],
  [/^mistral/, 'mistral'],
  [/^together/, 'together'],
];

function providerOf(name: unknown, serialized: any): string | undefined {
  const given = nonEmptyString(name);
  if (given === undefined) return undefined;
  const baseURL = serialized?.kwargs?.configuration?.baseURL;
  if (given === 'openai') return baseURL === undefined ? given : openaiProvider({ baseURL });
  const lower = given.toLowerCase();
  return PROVIDERS.find(([pattern]) => pattern.test(lower))?.[1] ?? given;
}

/** @returns what is known of a call before it is made */
export function requestFacts(serialized: any, extra: any, metadata: any): CallFacts {
  const params = extra?.invocation_params ?? {};
  const options = extra?.options ?? {};
  const names = [metadata?.ls_model_name, params.model, params.model_name, params.modelName];
  return {
    provider: providerOf(metadata?.ls_provider, serialized),
    model: names.find((name) => nonEmptyString(name) !== undefined),
    temperature: finiteNumber(metadata?.ls_temperature) ?? finiteNumber(params.temperature),
    toolNames: offeredTools(params.tools) ?? offeredTools(options.tools),
  };
}

/** What a model answered: of several answers, the first. */
function messageOf(output: any): any {
  return arrayOf(arrayOf(output?.generations)[0])[0];
}

/** @returns the parts of an answer that the model has written */
export function answerOf(output: any): unknown {
  const { text, message } = messageOf(output) ?? {};
  return [text, message?.content, message?.invalid_tool_calls];
}

export function answerText(output: any): string | undefined {
  const { text, message } = messageOf(output) ?? {};
  if (!isObject(message)) return nonEmptyString(text);
  const { content, tool_calls } = message;
  return nonEmptyString(contentText({ content, tool_calls }, MAX_PREVIEW));
}

/** @param isCached whether LangChain has taken the answer from its cache, and called no model */
export function answerFacts(output: any, isCached: boolean): CallFacts {
  const { message, generationInfo } = messageOf(output) ?? {};
  const about = { ...generationInfo, ...message?.response_metadata };
  const llm = output?.llmOutput ?? {};
  const requests = [...arrayOf(message?.tool_calls), ...arrayOf(message?.invalid_tool_calls)]
    .filter(isObject)
    .map(({ name, id, args }) => ({ name: String(name), id: nonEmptyString(id), args }));
  return {
    ...(isCached ? { metadata: { cache_hit: true } } : modelUsage(output)),
    servedModel: first(about.model_name, about.model, llm.model_name, llm.model),
    finishReason: first(about.finish_reason, about.stop_reason, about.finishReason),
    responseId: first(about.id, llm.id, ownId(message?.id)),
    toolCalls: requests.length > 0 ? requests.map(({ name }) => name) : undefined,
    toolRequests: requests.length > 0 ? requests : undefined,
  };
}

/** LangChain gives ids of its own to messages that have none. */
function ownId(id: unknown): unknown {
  return /^(lc_)?run-/.test(String(id)) ? undefined : id;
}

function first(...texts: unknown[]): string | undefined {
  return texts.map(nonEmptyString).find((text) => text !== undefined);
}
