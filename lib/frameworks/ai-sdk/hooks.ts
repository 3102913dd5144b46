import { enter } from '../../trace/context';
import { finishReason, modelUsage, requestFacts } from '../../watch/ai-sdk-facts';
import { guard } from '../../watch/guard';
import type { Recorder } from '../common';
import { takePlace } from './channel';
import { ABORTED } from './errors';
import { nameOfRun, startedRun } from './names';
import { openRun, runOf } from './runs';
import { warnOfVersion } from './versions';

/** The hooks that version 7 calls. Its own types are checked by the tests. */
export type Hooks = Record<string, (event: any) => any>;

/** Makes the hooks of one integration. The SDK ignores what they throw, apart from those that surround a call. */
export function createHooks(recorder: Recorder): Hooks {
  const owner = {};
  const find = (event: any) => runOf(event?.callId, owner);
  const hooks: Hooks = {
    onStart(event) {
      if (typeof event?.callId !== 'string') return warnOfVersion();
      const run = openRun(event.callId, owner, () => recorder.start(startedRun(event)));
      if (!run) return;
      const { operationId, callId } = event;
      const place = takePlace(callId);
      if (place) run.tieTo(place);
      run.isHeard = place !== undefined && operationId === 'ai.generateText';
      const purpose = WHOLE[operationId];
      if (!purpose) return;
      const facts = { ...requestFacts(event, event), purpose };
      run.whole = run.startCall(facts, { input: event.text });
    },

    async executeLanguageModelCall({ execute, ...event }) {
      const run = find(event);
      const call = guard(() =>
        run?.startCall(requestFacts(event, event), {
          input: event.messages,
          instructions: event.instructions,
        }),
      );
      if (!run || !call) return execute();
      try {
        const result = await call.run(execute);
        guard(() => run.follow(call, result));
        return result;
      } catch (error) {
        guard(() => call.end({ error }));
        throw error;
      }
    },

    onToolExecutionStart(event) {
      const { toolName, toolCallId, input } = event.toolCall;
      find(event)?.startTool(toolName, toolCallId, input);
    },

    executeTool({ execute, ...event }) {
      const tool = guard(() => find(event)?.tool(event.toolCallId));
      return tool ? tool.run(execute) : execute();
    },

    onToolExecutionEnd(event) {
      const { toolCall, toolOutput, toolExecutionMs: durationMs } = event;
      const { type, output, error } = toolOutput;
      find(event)?.endTool(
        toolCall.toolCallId,
        type === 'tool-error' ? { error, durationMs } : { output, durationMs },
      );
    },

    // Objects are generated without a hook around the call of the model. What runs after this one is that call.
    onObjectStepStart(event) {
      const run = find(event);
      if (!run) return;
      const call = run.startCall(requestFacts(event, event), { input: event.promptMessages });
      run.whole = call;
      enter(call.frame);
    },

    onObjectStepEnd(event) {
      const run = find(event);
      const call = run?.whole;
      call?.setOutput(event.objectText);
      call?.end({ facts: { ...answerFacts(event), timeToFirstTokenMs: event.msToFirstChunk } });
    },

    onEmbedStart(event) {
      const run = find(event);
      if (!run) return;
      const { embeds } = run;
      const { embedCallId, values, operationId } = event;
      // A failed attempt is not told. Its next one is, with the same values.
      for (const [id, { call, values: before }] of embeds) {
        if (before !== values && operationId !== 'ai.embed.doEmbed') continue;
        call.end({ error: RETRIED });
        embeds.delete(id);
      }
      const call = run.startCall(requestFacts(event, event), { input: values }, 'embedding');
      embeds.set(embedCallId, { call, values });
    },

    onEmbedEnd(event) {
      const run = find(event);
      if (!run) return;
      const { embeds } = run;
      embeds.get(event.embedCallId)?.call.end({ facts: modelUsage(event.usage) });
      embeds.delete(event.embedCallId);
    },

    onRerankStart(event) {
      const run = find(event);
      if (!run) return;
      run.rerank?.end({ error: RETRIED });
      const { provider, model } = requestFacts(event, event);
      run.rerank = run.operation.start({
        action: 'retrieval',
        name: nameOfRun(event),
        input: event.query,
        metadata: { provider, model, documents: event.documents?.length || undefined },
      });
    },

    onRerankEnd(event) {
      find(event)?.rerank?.end({ output: event.ranking });
    },

    onEnd(event) {
      const run = find(event);
      if (!run) return;
      run.whole?.end({ facts: answerFacts(event) });
      run.succeed(event.text || event.object);
      if (event.error !== undefined && event.error !== null) run.end({ error: event.error });
      else if (!run.isHeard) run.end();
    },

    onAbort(event) {
      find(event)?.end({ error: event.reason ?? ABORTED });
    },

    onError(event) {
      const run = find(event);
      run?.rerank?.end({ error: event.error });
      run?.end({ error: event.error });
    },
  };
  return hooks;
}

/** Operations that make one call, of which no other hook tells. */
const WHOLE: Record<string, string> = {
  'ai.generateSpeech': 'speech',
  'ai.transcribe': 'transcription',
};

const RETRIED = { errorType: 'Error', message: 'The attempt failed, and another one was made.' };

function answerFacts(event: any) {
  return {
    ...modelUsage(event.usage, event.providerMetadata),
    finishReason: finishReason(event.finishReason),
    responseId: event.response?.id,
    servedModel: event.response?.modelId,
  };
}
