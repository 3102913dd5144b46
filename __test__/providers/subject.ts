// What the clients of providers' own packages have in common: what is asked of them, and the form of answers.
import type { ServerResponse } from 'node:http';
import { chatTools } from '../support/watching';

/** What an LLM step of a trace has. */
export interface Facts {
  llmCall: object;
  metadata: object;
}

export interface Subject {
  /** The package, and which of its methods. */
  name: string;
  make(url: string): any;
  whole(client: any): Promise<any>;
  stream(client: any): Promise<AsyncIterable<any>>;
  /** The answer of the server to the first, which asks for the tool. */
  answer: unknown;
  /** The pieces of its answer to the second, which asks for the tool as well. */
  pieces: (string | Uint8Array)[];
  wholeFacts: Facts;
  streamFacts: Facts;
  /** The media type of a stream. */
  type: string;
  /** What names the request in the headers of a refusal. */
  requestIdHeader?: string;
}

export const model = 'some-model';
export const messages = [{ role: 'user', content: 'Say hello' }];
export const weather = { city: 'Paris' };
export const json = JSON.stringify(weather);

export const sse = (chunks: unknown[], end = '') =>
  [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), end].filter((text) => text);
export const events = (chunks: { type: string }[]) =>
  chunks.map((chunk) => `event: ${chunk.type}\ndata: ${JSON.stringify(chunk)}\n\n`);
export const lines = (chunks: unknown[]) => chunks.map((chunk) => `${JSON.stringify(chunk)}\n`);

export const usage = {
  prompt_tokens: 11,
  completion_tokens: 7,
  total_tokens: 18,
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 2 },
};
export const base = { id: 'answer-1', created: 0, model: 'some-model-2026' };
export const tool = {
  id: 'c1',
  type: 'function',
  function: { name: 'get_weather', arguments: json },
};
export const request = { model, messages, temperature: 0.5, tools: chatTools };
export const of = (provider: string, { llmCall, metadata }: Facts): Facts => ({
  llmCall: { provider, ...llmCall },
  metadata,
});

/** Writes pieces of a stream as they come. */
export function write(
  response: ServerResponse,
  type: string,
  pieces: (string | Uint8Array)[],
): void {
  response.setHeader('content-type', type);
  for (const piece of pieces) response.write(piece);
}
