import type { CallFacts } from '../trace/call-facts';
import { finiteNumber } from './facts';
import { ContentReader, followContent, followContentStream, modelName } from './gemini-content';
import { patchInteractions } from './gemini-interactions';
import { guard } from './guard';
import { offeredTools } from './offered-tools';
import { previewInput } from './preview';
import type { Provider, WatchSettings } from './provider';
import { recordCalls } from './record';

export const provider: Provider = {
  name: '@google/genai',
  matches: (client) => typeof client?.models?.generateContent === 'function',
  patch(client, settings) {
    patchModels(client.models, settings);
    patchInteractions(client, settings);
  },
};

/**
 * Every request passes one of the internal methods: a public one makes several if it calls functions itself or
 * continues a long answer. Chats call the public ones.
 */
function patchModels(models: any, settings: WatchSettings): void {
  const record = (name: string, follow: typeof followContent, purpose?: string) =>
    recordCalls(models, requestMethod(models, name), settings, {
      request: ([body]) => requestFacts(body, settings, purpose),
      follow: (result, call) => follow(result, call, new ContentReader(call, settings)),
    });
  record('generateContent', followContent);
  record('embedContent', followContent, 'embedding');
  record('generateContentStream', followContentStream);
}

/** @returns the name of the method that makes the requests of a public method */
function requestMethod(models: any, name: string): string {
  const internal = `${name}Internal`;
  return typeof models[internal] === 'function' ? internal : name;
}

function requestFacts(
  body: any,
  { captureContent }: WatchSettings,
  purpose: string | undefined,
): CallFacts {
  const config = body?.config;
  return {
    provider: 'google',
    model: modelName(body?.model),
    temperature: finiteNumber(config?.temperature),
    toolNames: guard(() => offeredTools(config?.tools)),
    inputPreview: captureContent
      ? guard(() => previewInput(body.contents ?? body.content, config?.systemInstruction))
      : undefined,
    purpose,
  };
}
