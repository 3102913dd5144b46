import { finiteNumber, previewInput } from './facts';
import { ContentReader, modelName } from './gemini-content';
import { followPromise } from './promise';
import type { Provider, WatchSettings } from './provider';
import { recordCalls } from './record';
import { followIterator } from './stream';

export const provider: Provider = {
  name: '@google/genai',
  matches: (client) => typeof client?.models?.generateContent === 'function',
  patch: patchModels,
};

/** Chats also call the methods of `models`. */
function patchModels({ models }: any, settings: WatchSettings): void {
  const request = ([body]: any[]) => ({
    provider: 'google',
    model: modelName(body?.model),
    temperature: finiteNumber(body?.config?.temperature),
    inputPreview: settings.captureContent ? previewInput(body?.contents) : undefined,
  });
  recordCalls(models, 'generateContent', settings, {
    request,
    follow(result, call) {
      const reader = new ContentReader(call, settings);
      return followPromise(result, call, (answer) => reader.whole(answer));
    },
  });
  recordCalls(models, 'generateContentStream', settings, {
    request,
    follow(result, call) {
      const reader = new ContentReader(call, settings);
      return followPromise(result, call, (stream) => {
        followIterator(stream, call, (chunk) => reader.chunk(chunk));
      });
    },
  });
}
