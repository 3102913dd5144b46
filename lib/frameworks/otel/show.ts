import { MAX_OUTPUT_SUMMARY, MAX_TOOL_INPUT } from '../../bridge/limits';
import { summarize } from '../../trace/summarize';
import { contentText } from '../../watch/content-text';
import { MAX_PREVIEW, previewInput, previewText } from '../../watch/preview';
import type { Kind } from './conventions';

/** Shows what went into a span. */
export function showInput(kind: Kind, input: unknown, system: unknown): string | undefined {
  if (input === undefined) return system === undefined ? undefined : previewInput([], system);
  if (kind === 'tool_call') return summarize(input, MAX_TOOL_INPUT);
  return previewInput(input, system);
}

/** Shows what came out of it: the text of messages, or a value. */
export function showOutput(kind: Kind, output: unknown): string | undefined {
  if (output === undefined) return undefined;
  if (kind === 'tool_call' || !isMessages(output)) return summarize(output, MAX_OUTPUT_SUMMARY);
  return previewText(contentText(output, MAX_PREVIEW));
}

/** Members of messages. */
const OF_MESSAGES = ['role', 'parts', 'content', 'tool_calls', 'toolName'];

function isMessages(output: unknown): boolean {
  return (
    Array.isArray(output) &&
    output.some(
      (item) =>
        typeof item === 'object' && item !== null && OF_MESSAGES.some((member) => member in item),
    )
  );
}
