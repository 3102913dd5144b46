import type { CallFacts } from '../trace/call-facts';
import { followBody } from './anthropic-body';
import { MessageReader } from './anthropic-message';
import { finiteNumber, nonEmptyString } from './facts';
import { guard } from './guard';
import { anthropicProvider } from './hosts';
import { offeredTools } from './offered-tools';
import { replaceMethod } from './patch';
import { previewInput } from './preview';
import type { Provider, WatchSettings } from './provider';
import { followAnswer } from './reader';
import { type MethodReader, recordCalls, recordRequests } from './record';

export const provider: Provider = {
  name: '@anthropic-ai/sdk',
  matches: (client) => typeof client?.messages?.create === 'function',
  patch: patchClient,
};

/** All other methods, including `stream`, `toolRunner` and those of threads, call `create`. */
function patchClient(client: any, settings: WatchSettings): void {
  const messages: MethodReader = {
    request: ([body]) => requestFacts(client, body, settings),
    follow(result, call) {
      const reader = new MessageReader(call, settings);
      followBody(result, call, (event) => reader.chunk(event));
      return followAnswer(result, call, reader);
    },
  };
  for (const holder of [client.messages, client.beta?.messages, client.completions]) {
    if (holder) recordCalls(holder, 'create', settings, messages);
  }
  recordRequests(client.messages, client, settings, (path) =>
    /^\/v1\/(messages|complete)(\?|$)/.test(path) ? messages : undefined,
  );
  replaceMethod(client, 'withOptions', (call) => {
    const clone = call();
    if (provider.matches(clone)) patchClient(clone, settings);
    return clone;
  });
}

function requestFacts(client: any, body: any, { captureContent }: WatchSettings): CallFacts {
  return {
    provider: guard(() => anthropicProvider(client)) ?? 'anthropic',
    model: nonEmptyString(body?.model),
    temperature: finiteNumber(body?.temperature),
    toolNames: guard(() => offeredTools(body?.tools)),
    inputPreview: captureContent
      ? guard(() => previewInput(body.messages ?? body.prompt, body.system))
      : undefined,
  };
}
