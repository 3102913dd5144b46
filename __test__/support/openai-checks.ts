// What a client of OpenAI can do, for plain and watched ones alike.
import { type Check, describeError, texts } from './checks';
import type { Provider } from './provider';
import { answerWith, ask, chatTools, model, refuse } from './watching';

export function openaiChecks(use: { provider: Provider }): Check[] {
  return [
    ['a completion', (c) => c.chat.completions.create({ model, messages: ask })],
    [
      'its promise',
      async (c, { APIPromise }) => {
        const promise = c.chat.completions.create({ model, messages: ask });
        const seen = [
          promise instanceof APIPromise,
          promise.constructor.name,
          Object.keys(promise).sort(),
        ];
        await promise;
        return seen;
      },
    ],
    [
      'withResponse',
      async (c) => {
        const { data, response } = await c.chat.completions
          .create({ model, messages: ask })
          .withResponse();
        return [data.model, response.status, response.bodyUsed];
      },
    ],
    [
      'asResponse with an unread body',
      async (c) => {
        const response = await c.chat.completions.create({ model, messages: ask }).asResponse();
        return [response.bodyUsed, await response.json()];
      },
    ],
    [
      'then, catch and finally',
      async (c) => {
        let last = 0;
        const promise = c.chat.completions.create({ model, messages: ask });
        const value = await promise
          .then((x: any) => x.model)
          .catch(() => 'no')
          .finally(() => {
            last = 1;
          });
        const [first, again] = [await promise, await promise];
        return [value, last, first === again];
      },
    ],
    [
      'a stream',
      async (c, { Stream }) => {
        const stream = await c.chat.completions.create({ model, messages: ask, stream: true });
        const kind = [
          stream instanceof Stream,
          stream.constructor.name,
          stream.controller instanceof AbortController,
        ];
        return [kind, await texts(stream, (chunk) => chunk.choices[0]?.delta)];
      },
    ],
    [
      'a stream with usage',
      async (c) => {
        const stream = await c.chat.completions.create({
          model,
          messages: ask,
          stream: true,
          stream_options: { include_usage: true },
        });
        return texts(stream, (chunk) => chunk.usage ?? null);
      },
    ],
    [
      'a stream that is left early',
      async (c) => {
        const stream = await c.chat.completions.create({ model, messages: ask, stream: true });
        for await (const chunk of stream) return [chunk, stream.controller.signal.aborted];
        return undefined;
      },
    ],
    [
      'tee',
      async (c) => {
        const [left, right] = (
          await c.chat.completions.create({ model, messages: ask, stream: true })
        ).tee();
        const read = (chunk: any) => chunk.choices[0]?.delta.content;
        return [await texts(left, read), await texts(right, read)];
      },
    ],
    [
      'toReadableStream',
      async (c) => {
        const stream = await c.chat.completions.create({ model, messages: ask, stream: true });
        return new Response(stream.toReadableStream()).text();
      },
    ],
    [
      'the stream helper',
      async (c) => {
        const runner = c.chat.completions.stream({ model, messages: ask });
        const events: string[] = [];
        runner
          .on('content', (piece: string) => events.push(piece))
          .on('end', () => events.push('end'));
        const final = await runner.finalChatCompletion();
        return [events, final.choices[0].message.content, runner.constructor.name];
      },
    ],
    [
      'the parse helper',
      async (c) => {
        const response_format = {
          type: 'json_schema' as const,
          json_schema: { name: 'x', schema: {} },
        };
        const parsed = await c.chat.completions.parse({ model, messages: ask, response_format });
        return parsed.choices[0].message;
      },
    ],
    [
      'runTools',
      async (c) => {
        const runner = c.chat.completions.runTools({ model, messages: ask, tools: chatTools });
        return [
          await runner.finalContent(),
          runner.messages.length,
          runner.allChatCompletions().length,
        ];
      },
    ],
    ['a response', (c) => c.responses.create({ model, input: 'Say hello' })],
    [
      'a response stream',
      async (c) =>
        texts(
          await c.responses.create({ model, input: 'Say hello', stream: true }),
          (event) => event.type,
        ),
    ],
    [
      'the response stream helper',
      async (c) => {
        const stream = c.responses.stream({ model, input: 'Say hello' });
        const final = await stream.finalResponse();
        return [final.output_text, final.usage.input_tokens];
      },
    ],
    [
      'the response parse helper',
      async (c) => {
        const parsed = await c.responses.parse({ model, input: 'Say hello' });
        return [parsed.output_text, parsed.output_parsed];
      },
    ],
    [
      'embeddings, which the client decodes',
      async (c) => {
        answerWith(use.provider, { data: [{ embedding: 'AACAPwAAAEA=' }], model });
        const { data } = await c.embeddings.create({ model, input: 'Say hello' });
        return Array.from(data[0].embedding);
      },
    ],
    [
      'speech, which the client does not parse',
      async (c) => {
        answerWith(use.provider, { any: 'bytes' });
        const response = await c.audio.speech.create({ model, voice: 'a', input: 'Say hello' });
        return [response.constructor.name, response.bodyUsed, await response.text()];
      },
    ],
    [
      'a clone with other options',
      async (c) => {
        const clone = c.withOptions({ maxRetries: 0 });
        return [
          clone.constructor.name,
          clone.maxRetries,
          (await clone.chat.completions.create({ model, messages: ask })).model,
        ];
      },
    ],
    [
      'a refusal',
      async (c) => {
        refuse(use.provider, 400);
        return c.chat.completions.create({ model, messages: ask }).catch(describeError);
      },
    ],
    [
      'a refusal of a stream',
      async (c) => {
        refuse(use.provider, 401);
        return c.chat.completions
          .create({ model, messages: ask, stream: true })
          .catch(describeError);
      },
    ],
    [
      'a retry',
      async (c) => {
        refuse(use.provider, 500);
        return (
          await c.withOptions({ maxRetries: 1 }).chat.completions.create({ model, messages: ask })
        ).model;
      },
    ],
    [
      'an answer of no known shape',
      async (c) => {
        use.provider.script.push((response) => {
          response.setHeader('content-type', 'application/json');
          response.end('{"choices":[null],"usage":7,"model":{}}');
        });
        return c.chat.completions.create({ model, messages: ask });
      },
    ],
    [
      'a stream that breaks',
      async (c) => {
        use.provider.script.push((response) => {
          response.setHeader('content-type', 'text/event-stream');
          response.write(
            'data: {"choices":[{"index":0,"delta":{"content":"He"}}],"model":"m"}\n\n',
          );
          response.write('data: {broken\n\n');
          response.end();
        });
        const stream = await c.chat.completions.create({ model, messages: ask, stream: true });
        const seen: unknown[] = [];
        try {
          for await (const chunk of stream) seen.push(chunk);
        } catch (error: any) {
          seen.push(error.constructor.name);
        }
        return seen;
      },
    ],
    [
      'what the client looks like',
      async (c) => {
        const { completions } = c.chat;
        return [
          Object.keys(c).sort(),
          Object.keys(completions).sort(),
          completions.create.name,
          completions.create.length,
        ];
      },
    ],
  ];
}
