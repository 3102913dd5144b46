import type { ErrorDetail } from '../../../index';
import { repeats } from '../../trace/repetition';
import { arrayOf, isObject, nonEmptyString } from '../../watch/facts';

/** Reads the error of a run from its result. */
export function errorOfResult(result: any, showsContent: boolean, known: unknown) {
  const { subtype, is_error: isError, api_error_status: status } = result;
  if (subtype === 'success' && !isError) return undefined;
  const errorType = subtype === 'success' ? 'error_result' : String(subtype);
  const texts = arrayOf(result.errors).map(String);
  const message = texts.join('\n') || nonEmptyString(result.result) || 'the run has failed';
  const error: ErrorDetail = { errorType, message };
  if (status) error.errorCode = String(status);
  // The text of an answer is content, and so is what repeats the prompt.
  const isContent = texts.length === 0 && result.result;
  if (!showsContent && (isContent || repeats(message, known))) {
    error.message = 'the run has ended with an error';
  }
  return error;
}

/** What the result tells of a run. */
export function metadataOf(result: any): Record<string, unknown> {
  const denied = arrayOf(result.permission_denials).map((denial) => String(denial?.tool_name));
  return {
    result: result.subtype,
    num_turns: result.num_turns,
    cost_usd: result.total_cost_usd,
    duration_api_ms: result.duration_api_ms,
    model_usage: modelUsage(result.modelUsage),
    permission_denials: denied.length > 0 ? denied : undefined,
  };
}

/** The SDK spells members in its own way; metadata has them as they are on the wire. */
function modelUsage(usage: unknown): Record<string, unknown> | undefined {
  if (!isObject(usage)) return undefined;
  const counts = Object.entries(usage).map(([model, count]) => [
    model,
    {
      input_tokens: count?.inputTokens,
      output_tokens: count?.outputTokens,
      cached_tokens: count?.cacheReadInputTokens,
      cache_creation_tokens: count?.cacheCreationInputTokens,
      cost_usd: count?.costUSD,
    },
  ]);
  return counts.length > 0 ? Object.fromEntries(counts) : undefined;
}

/** The clouds that serve models of Anthropic, as the SDK names them. */
export function providerOf(usage: any): string | undefined {
  return ['bedrock', 'vertex'].find((provider) => provider === usage?.provider);
}
