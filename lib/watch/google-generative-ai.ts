import { isPromise } from 'node:util/types';
import type { CallFacts } from '../trace/call-facts';
import { finiteNumber } from './facts';
import { ContentReader, followContent, modelName } from './gemini-content';
import { guard } from './guard';
import { offeredTools } from './offered-tools';
import { replaceMethod } from './patch';
import { previewInput } from './preview';
import { followPromise, ObservedPromise } from './promise';
import type { Provider, WatchSettings } from './provider';
import { reportTo } from './reader';
import { recordCalls } from './record';
import { followStream } from './stream';

/** Watches both the client, which creates models, and single models. */
export const provider: Provider = {
  name: '@google/generative-ai',
  matches: (client) => isFactory(client) || isModel(client),
  patch: (client, settings) =>
    isFactory(client) ? patchFactory(client, settings) : patchModel(client, settings),
};

function isFactory(client: any): boolean {
  return typeof client?.getGenerativeModel === 'function';
}

function isModel(client: any): boolean {
  return typeof client?.generateContent === 'function' && typeof client.startChat === 'function';
}

function patchFactory(client: any, settings: WatchSettings): void {
  for (const name of ['getGenerativeModel', 'getGenerativeModelFromCachedContent']) {
    replaceMethod(client, name, (call) => {
      const model = call();
      guard(() => patchModel(model, settings));
      return model;
    });
  }
}

function patchModel(model: any, settings: WatchSettings): void {
  const methods = { whole: 'generateContent', streamed: 'generateContentStream' };
  patchMethods(model, methods, model, settings);
  recordCalls(model, 'embedContent', settings, {
    request: ([body]) => ({ ...requestFacts(model, body, settings), purpose: 'embedding' }),
    follow: (result, call) => followContent(result, call, new ContentReader(call, settings)),
  });
  // Chats do not call the methods of their model.
  replaceMethod(model, 'startChat', (call) => {
    const chat = call();
    const methods = { whole: 'sendMessage', streamed: 'sendMessageStream' };
    guard(() => patchMethods(chat, methods, model, settings));
    return chat;
  });
}

/**
 * @param holder the model, or a chat with it
 * @param methods the names of the method that returns a complete answer and of the one that streams
 */
function patchMethods(
  holder: any,
  methods: { whole: string; streamed: string },
  model: any,
  settings: WatchSettings,
): void {
  const request = ([body]: any[]) => requestFacts(model, body, settings);
  recordCalls(holder, methods.whole, settings, {
    request,
    follow(result, call) {
      const reader = new ContentReader(call, settings);
      reportTo(call, reader);
      return followPromise(result, call, (answer) => {
        reader.whole(answer?.response);
        call.end();
      });
    },
  });
  recordCalls(holder, methods.streamed, settings, {
    request,
    follow(result, call) {
      const reader = new ContentReader(call, settings);
      reportTo(call, reader);
      return followPromise(result, call, (answer) => {
        followStream(answer.stream, call, (chunk) => reader.chunk(chunk));
        // A caller may read the stream or await the whole response.
        if (!isPromise(answer.response)) return;
        answer.response = new ObservedPromise(answer.response, call, (response) => {
          if (call.latencyNs !== undefined) return;
          // What was read of the stream is in the response, too.
          const whole = new ContentReader(call, settings);
          reportTo(call, whole);
          whole.whole(response);
          call.end();
        });
      });
    },
  });
}

function requestFacts(model: any, body: any, { captureContent }: WatchSettings): CallFacts {
  const config = body?.generationConfig ?? model.generationConfig;
  return {
    provider: 'google',
    model: modelName(model.model),
    temperature: finiteNumber(config?.temperature),
    toolNames: guard(() => offeredTools(body?.tools ?? model.tools)),
    inputPreview: captureContent
      ? guard(() =>
          previewInput(
            body.contents ?? body.content ?? body,
            body.systemInstruction ?? model.systemInstruction,
          ),
        )
      : undefined,
  };
}
