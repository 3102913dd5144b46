import { guard } from './guard';
import { provider as openai } from './openai';
import { replaceMethod } from './patch';
import type { Provider, WatchSettings } from './provider';

/**
 * Watches the chat models of LangChain that make clients of OpenAI: a model makes its client when it is first used,
 * and the models that `bindTools` and similar methods derive from it make clients of their own.
 */
export const provider: Provider = {
  name: '@langchain/openai',
  matches: (model) => makesClient(model) && typeof model.withConfig === 'function',
  patch: patchModel,
};

/** The method that makes the client unless there is one. */
const MAKE = '_getClientOptions';

function makesClient(model: any): boolean {
  return typeof model?.[MAKE] === 'function';
}

function patchModel(model: any, settings: WatchSettings): void {
  // There is one part for each of the two interfaces of OpenAI, and each has a client.
  for (const part of [model, model.completions, model.responses]) {
    if (makesClient(part)) patchPart(part, settings);
  }
  // All methods that derive a model call this one.
  replaceMethod(model, 'withConfig', (call) => {
    const derived = call();
    guard(() => provider.matches(derived) && patchModel(derived, settings));
    return derived;
  });
}

function patchPart(part: any, settings: WatchSettings): void {
  let watched: unknown;
  const patchClient = () => {
    const { client } = part;
    if (client === watched || !openai.matches(client)) return;
    openai.patch(client, settings);
    watched = client;
  };
  guard(patchClient);
  replaceMethod(part, MAKE, (call) => {
    const options = call();
    guard(patchClient);
    return options;
  });
}
