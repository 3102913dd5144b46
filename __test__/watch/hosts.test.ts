// The provider of a call, by the address and the class of its client.
import { watch } from 'infinium-o2';
import {
  anthropicBody,
  ask,
  model,
  plainAnthropic,
  traced,
  useProvider,
} from '../support/watching';

const use = useProvider();
const { OpenAI, AzureOpenAI } = require('openai');
const { Anthropic } = require('@anthropic-ai/sdk');

/** Answers any request, so that clients may have the addresses of real providers. */
const fetch = async () => new Response('{}', { headers: { 'content-type': 'application/json' } });

async function providerOf(run: () => unknown): Promise<unknown> {
  const { steps } = await traced(run);
  return steps?.[1].llmCall?.provider;
}

it.each([
  ['https://api.openai.com/v1', 'openai'],
  ['https://eu.api.openai.com/v1', 'openai'],
  ['https://res.openai.azure.com/openai/v1', 'azure'],
  ['https://res.services.ai.azure.com/models', 'azure'],
  ['https://res.cognitiveservices.azure.com/openai', 'azure'],
  ['https://gateway.azure-api.net/openai', 'azure'],
  ['https://res.openai.azure.us/openai/v1', 'azure'],
  ['https://res.openai.azure.cn/openai/v1', 'azure'],
  ['https://openrouter.ai/api/v1', 'openrouter'],
  ['https://api.groq.com/openai/v1', 'groq'],
  ['https://API.GROQ.COM./openai/v1', 'groq'],
  ['https://api.deepseek.com', 'deepseek'],
  ['https://api.mistral.ai/v1', 'mistral'],
  ['https://api.together.xyz/v1', 'together'],
  ['https://api.together.ai/v1', 'together'],
  ['https://api.fireworks.ai/inference/v1', 'fireworks'],
  ['https://api.perplexity.ai', 'perplexity'],
  ['https://api.cohere.com/compatibility/v1', 'cohere'],
  ['https://api.cohere.ai/compatibility/v1', 'cohere'],
  ['http://localhost:11434/v1', 'ollama'],
  ['http://127.0.0.1:11434/v1', 'ollama'],
  ['http://[::1]:11434/v1', 'ollama'],
  ['http://ollama.example:11434/v1', 'openai'],
  ['http://localhost:8000/v1', 'openai'],
  ['https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1', 'bedrock'],
  ['https://api.x.ai/v1', 'xai'],
  ['https://grok.example/v1', 'xai'],
  ['https://xai.example/v1', 'xai'],
  ['https://linux.ai/v1', 'openai'],
  ['https://x.example/v1', 'openai'],
  ['https://max.airport.example/v1', 'openai'],
  ['https://notgroq.com/v1', 'openai'],
  ['https://groq.com.example/v1', 'openai'],
  ['https://proxy.example/api.groq.com/v1', 'openai'],
])('calls the provider at %s %s', async (baseURL, name) => {
  const client: any = watch(new OpenAI({ apiKey: 'none', baseURL, fetch }));
  const run = () => client.chat.completions.create({ model, messages: ask });
  expect(await providerOf(run)).toBe(name);
});

it('follows the address of a client when it changes', async () => {
  const client: any = watch(new OpenAI({ apiKey: 'none', fetch }));
  client.baseURL = 'https://api.groq.com/openai/v1';
  const run = () => client.chat.completions.create({ model, messages: ask });
  expect(await providerOf(run)).toBe('groq');
});

class MyAzure extends AzureOpenAI {}

it.each([
  ['AzureOpenAI', AzureOpenAI],
  ['a class derived from it', MyAzure],
])('calls the provider of %s azure at any address', async (_name, Client) => {
  const endpoint = use.provider.url;
  const client: any = watch(
    new Client({ apiKey: 'none', endpoint, apiVersion: '2026-01-01', deployment: 'd' }),
  );
  const run = () => client.chat.completions.create({ model, messages: ask });
  expect(await providerOf(run)).toBe('azure');
});

// The packages of these clients name them so; their methods are those of OpenAI's client.
class Groq extends OpenAI {}
class Together extends OpenAI {}
class BedrockOpenAI extends OpenAI {}

it.each<[string, any]>([
  ['groq', Groq],
  ['together', Together],
  ['bedrock', BedrockOpenAI],
])('calls the provider %s by its client', async (name, Client) => {
  const client: any = watch(
    new (Client as any)({ apiKey: 'none', baseURL: `${use.provider.url}/v1` }),
  );
  const run = () => client.chat.completions.create({ model, messages: ask });
  expect(await providerOf(run)).toBe(name);
});

// The packages of these clients derive them like this.
class AnthropicBedrock extends Anthropic {}
class AnthropicVertex extends Anthropic {}

it.each<[string, any]>([
  ['bedrock', AnthropicBedrock],
  ['vertex', AnthropicVertex],
  ['anthropic', Anthropic],
])('calls the provider %s by its client for messages', async (name, Client) => {
  const client: any = watch(new (Client as any)({ apiKey: 'none', baseURL: use.provider.url }));
  expect(await providerOf(() => client.messages.create(anthropicBody))).toBe(name);
  expect(await providerOf(() => client.beta.messages.create(anthropicBody))).toBe(name);
});

it.each([
  ['https://bedrock-runtime.eu-west-1.amazonaws.com', 'bedrock'],
  ['https://us-east5-aiplatform.googleapis.com/v1', 'vertex'],
  ['https://api.deepseek.com/anthropic', 'anthropic'],
])('calls the provider of messages at %s %s', async (baseURL, name) => {
  const client: any = watch(new Anthropic({ apiKey: 'none', baseURL, fetch }));
  expect(await providerOf(() => client.messages.create(anthropicBody))).toBe(name);
});

it('knows no provider but the usual one without a readable address', async () => {
  const client: any = plainAnthropic(use.provider);
  Object.defineProperty(client, 'baseURL', {
    get() {
      throw new Error('no');
    },
  });
  watch(client);
  expect(await providerOf(() => client.messages.create(anthropicBody).catch(() => {}))).toBe(
    'anthropic',
  );
});
