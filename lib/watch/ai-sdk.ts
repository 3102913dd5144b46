import { ModelAnswer } from './ai-sdk-answer';
import { requestFacts } from './ai-sdk-facts';
import { guard } from './guard';
import { previewInput } from './preview';
import { followPromise } from './promise';
import type { WatchSettings } from './provider';
import { reportTo } from './reader';
import { type MethodReader, recordCalls } from './record';
import { followStream } from './stream';

/** Watches a language model of the AI SDK, for those who call it themselves. */
export function patchClient(model: any, settings: WatchSettings): void {
  const { captureContent } = settings;
  const reader: MethodReader = {
    request: ([options]) => ({
      ...requestFacts(model, options),
      inputPreview: captureContent ? guard(() => previewInput(options.prompt)) : undefined,
    }),
    follow(result, call) {
      const answer = new ModelAnswer(call, settings);
      reportTo(call, answer);
      return followPromise(result, call, (value) => {
        if (followStream(value?.stream, call, (part) => answer.chunk(part))) return;
        answer.whole(value);
        call.end();
      });
    },
  };
  for (const method of ['doGenerate', 'doStream']) recordCalls(model, method, settings, reader);
}
