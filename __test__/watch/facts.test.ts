// What is known of a call, client by client: texts, tools, temperatures, times.
import { type WatchOptions, watch } from 'infinium-o2';
import { anthropicBody, ask, model, traced, useProvider } from '../support/watching';

const use = useProvider();

describe('what is known of a call', () => {
  function openai(options?: WatchOptions): any {
    const { OpenAI } = require('openai');
    const baseURL = `${use.provider.url}/v1`;
    return watch(new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 }), options);
  }

  function claude(options?: WatchOptions): any {
    const { Anthropic } = require('@anthropic-ai/sdk');
    return watch(
      new Anthropic({ apiKey: 'none', baseURL: use.provider.url, maxRetries: 0 }),
      options,
    );
  }

  function google(options?: WatchOptions): any {
    const { GoogleGenAI } = require('@google/genai');
    return watch(
      new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: use.provider.url } }),
      options,
    );
  }

  function gemini(settings: object): any {
    const { GoogleGenerativeAI } = require('@google/generative-ai');
    return watch(
      new GoogleGenerativeAI('none').getGenerativeModel(
        { model, ...settings },
        { baseUrl: use.provider.url },
      ),
    );
  }

  /** Lets the provider give this answer next, or this stream. */
  function answer(...parts: unknown[]): void {
    use.provider.script.push((response) => {
      const stream = parts.length > 1;
      response.setHeader('content-type', stream ? 'text/event-stream' : 'application/json');
      for (const part of parts) {
        const text = JSON.stringify(part);
        response.write(stream ? `event: ${(part as any).type}\ndata: ${text}\n\n` : text);
      }
      response.end();
    });
  }

  it.each<[string, (texts: string[]) => Promise<unknown>]>([
    [
      'openai',
      (texts) =>
        openai({ captureContent: true }).chat.completions.create({
          model,
          messages: texts.map((content) => ({ role: 'user', content })),
        }),
    ],
    [
      'anthropic',
      (texts) =>
        claude({ captureContent: true }).messages.create({
          ...anthropicBody,
          messages: texts.map((content) => ({ role: 'user', content })),
        }),
    ],
    [
      'google',
      (texts) =>
        google({ captureContent: true }).models.generateContent({
          model,
          contents: texts.map((text) => ({ role: 'user', parts: [{ text }] })),
        }),
    ],
  ])('records the last two messages to %s, in 500 characters', async (_name, run) => {
    const short = await traced(() => run(['first', 'second', 'third']));
    expect(short.steps?.[1].inputPreview).not.toContain('first');
    expect(short.steps?.[1].inputPreview).toMatch(/second.*third/);
    const long = await traced(() => run(['x'.repeat(2_000)]));
    expect(long.steps?.[1].inputPreview).toHaveLength(500);
  });

  it('records 500 characters of the answer', async () => {
    answer({ choices: [{ message: { content: 'x'.repeat(501) } }] });
    const { steps } = await traced(() =>
      openai({ captureContent: true }).chat.completions.create({ model, messages: ask }),
    );
    expect(steps?.[1].outputPreview).toBe(`${'x'.repeat(497)}...`);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['openai', () => openai().chat.completions.create({ model, messages: ask })],
    ['anthropic', () => claude().messages.create(anthropicBody)],
    ['google', () => google().models.generateContent({ model, contents: 'Say hello' })],
    ['google', () => gemini({}).generateContent('Say hello')],
  ])('stops the clock of a call of %s when it is answered', async (_name, run) => {
    const { duration, steps } = await traced(async () => {
      await run();
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    expect(duration * 1000 - Number(steps?.[1].llmCall?.latencyMs)).toBeGreaterThanOrEqual(250);
  });

  it('stops the clock of a stream when it is read to its end, or left', async () => {
    const create = () => openai().chat.completions.create({ model, messages: ask, stream: true });
    const { duration, steps } = await traced(async () => {
      for await (const _chunk of await create()) {
        // All of it.
      }
      for await (const _chunk of await create()) break;
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    for (const step of steps?.slice(1) ?? []) {
      expect(duration * 1000 - Number(step.llmCall?.latencyMs)).toBeGreaterThanOrEqual(250);
    }
  });

  it.each<[string, () => any, (client: any) => Promise<unknown>]>([
    ['openai', openai, (c) => c.chat.completions.create({ model, messages: ask })],
    ['anthropic', claude, (c) => c.messages.create(anthropicBody)],
  ])('watches the clones of a client of %s', async (_name, make, run) => {
    const { steps } = await traced(async () => {
      await run(make().withOptions({ maxRetries: 1 }));
      await run(make().withOptions({ maxRetries: 1 }).withOptions({ maxRetries: 0 }));
    });
    expect(steps).toHaveLength(3);
  });

  it('watches beta.messages', async () => {
    const { steps } = await traced(() => claude().beta.messages.create(anthropicBody));
    expect(steps?.[1].llmCall).toMatchObject({ promptTokens: 15, completionTokens: 7 });
  });

  it.each<[string, () => Promise<unknown>, string[]]>([
    [
      'messages',
      () => {
        answer({
          content: [
            { type: 'tool_use', name: 'a' },
            { type: 'server_tool_use', name: 'b' },
          ],
        });
        return claude().messages.create(anthropicBody);
      },
      ['a', 'b'],
    ],
    [
      'a stream of messages',
      async () => {
        answer(
          { type: 'message_start', message: { content: [] } },
          { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', name: 'a' } },
          { type: 'message_stop' },
        );
        for await (const _event of await claude().messages.create({
          ...anthropicBody,
          stream: true,
        })) {
          // All of it.
        }
      },
      ['a'],
    ],
    [
      'a completion, one of its own kind included',
      () => {
        answer({
          choices: [
            {
              message: {
                tool_calls: [
                  { type: 'function', function: { name: 'a' } },
                  { type: 'custom', custom: { name: 'b' } },
                ],
              },
            },
          ],
        });
        return openai().chat.completions.create({ model, messages: ask });
      },
      ['a', 'b'],
    ],
    [
      'a response, those of the platform included',
      () => {
        answer({ output: [{ type: 'function_call', name: 'a' }, { type: 'web_search_call' }] });
        return openai().responses.create({ model, input: 'Say hello' });
      },
      ['a', 'web_search_call'],
    ],
    [
      'a stream of a response',
      async () => {
        answer(
          { type: 'response.created', response: {} },
          {
            type: 'response.output_item.added',
            output_index: 0,
            item: { type: 'function_call', name: 'a' },
          },
          {
            type: 'response.output_item.done',
            output_index: 0,
            item: { type: 'function_call', name: 'a' },
          },
          {
            type: 'response.output_item.added',
            output_index: 1,
            item: { type: 'function_call', name: 'b' },
          },
        );
        for await (const _event of await openai().responses.create({
          model,
          input: 'Say hello',
          stream: true,
        })) {
          // All of it.
        }
      },
      ['a', 'b'],
    ],
    [
      'content, beside a text',
      () => {
        const parts = [{ text: 'Let me see' }, { functionCall: { name: 'a' } }];
        answer({ candidates: [{ content: { parts } }] });
        return google().models.generateContent({ model, contents: 'Say hello' });
      },
      ['a'],
    ],
  ])('names the tools that are asked for in %s', async (_name, run, toolCalls) => {
    const { steps } = await traced(run);
    expect(steps?.[1].metadata?.tool_calls).toEqual(toolCalls);
  });

  it('records no reasoning as content', async () => {
    const parts = [{ text: 'Hmm', thought: true }, { text: 'Hello' }];
    answer({ candidates: [{ content: { parts } }] });
    const { steps } = await traced(() =>
      google({ captureContent: true }).models.generateContent({ model, contents: 'Say hello' }),
    );
    expect(steps?.[1].outputPreview).toBe('Hello');
  });

  it('keeps the requested model where an answer names none', async () => {
    answer({ model: '', choices: [] });
    answer({ modelVersion: '' });
    const { steps } = await traced(async () => {
      await openai().chat.completions.create({ model, messages: ask });
      await google().models.generateContent({ model: 'models/gemini-1', contents: 'Say hello' });
    });
    expect(steps?.slice(1).map((step) => step.llmCall?.model)).toEqual([model, 'gemini-1']);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['anthropic', () => claude().messages.create({ ...anthropicBody, temperature: 0.5 })],
    [
      'google',
      () =>
        google().models.generateContent({
          model,
          contents: 'Say hello',
          config: { temperature: 0.5 },
        }),
    ],
    [
      'a model of google',
      () => gemini({ generationConfig: { temperature: 0.5 } }).generateContent('Say hello'),
    ],
    [
      'a request to a model of google',
      () =>
        gemini({ generationConfig: { temperature: 1 } }).generateContent({
          contents: [{ role: 'user', parts: [{ text: 'Say hello' }] }],
          generationConfig: { temperature: 0.5 },
        }),
    ],
  ])('records the temperature of %s', async (_name, run) => {
    const { steps } = await traced(run);
    expect(steps?.[1].llmCall?.temperature).toBe(0.5);
  });

  it('records a call that throws before it sends anything', async () => {
    const { steps } = await traced(() => {
      // Its client refuses to wait that long without a stream.
      try {
        claude().messages.create({ ...anthropicBody, max_tokens: 1_000_000 });
      } catch {
        // The caller knows.
      }
    });
    expect(steps?.[1].error).toMatchObject({ message: expect.stringContaining('treaming') });
  });
});
