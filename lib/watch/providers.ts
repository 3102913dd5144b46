import { lazy } from '../bridge/lazy';
import type { Provider, WatchSettings } from './provider';

const isFunction = (value: unknown) => typeof value === 'function';

/**
 * A provider whose file is loaded when one of its clients is watched.
 *
 * @param matches whether a client belongs to the package. Throwing means no.
 */
function provider(
  name: string,
  matches: (client: any) => boolean,
  load: () => { patchClient(client: any, settings: WatchSettings): void },
): Provider {
  const loaded = lazy(load);
  return { name, matches, patch: (client, settings) => loaded().patchClient(client, settings) };
}

/** Providers in the order in which they are tried. A new provider needs a file in this folder and an entry here. */
export const PROVIDERS: readonly Provider[] = [
  require('./openai').provider,
  require('./anthropic').provider,
  require('./google-genai').provider,
  require('./google-generative-ai').provider,
  require('./langchain').provider,
  provider(
    '@mistralai/mistralai',
    (client) => isFunction(client?.chat?.complete) && isFunction(client.chat.stream),
    () => require('./mistral'),
  ),
  provider(
    'cohere-ai',
    (client) => isFunction(client?.chat) && isFunction(client.chatStream),
    () => require('./cohere'),
  ),
  provider(
    '@aws-sdk/client-bedrock-runtime',
    (client) => isFunction(client?.send) && client.config.serviceId === 'Bedrock Runtime',
    () => require('./bedrock'),
  ),
  {
    ...provider(
      '@modelcontextprotocol/sdk',
      (client) =>
        isFunction(client?.callTool) &&
        isFunction(client.readResource) &&
        isFunction(client.getPrompt),
      () => require('./mcp'),
    ),
    also: ['@modelcontextprotocol/client'],
  },
  provider(
    'ollama',
    (client) =>
      isFunction(client?.chat) && isFunction(client.generate) && isFunction(client.embeddings),
    () => require('./ollama'),
  ),
  provider(
    'ai',
    (model) =>
      /^v\d/.test(model?.specificationVersion) &&
      isFunction(model.doGenerate) &&
      isFunction(model.doStream),
    () => require('./ai-sdk'),
  ),
];
