// What a trace records of the function and of the calls of models within it.
import type { AsyncInfiniumClient } from 'infinium-o2';
import { concurrent } from '../support/client';
import { useServer } from '../support/use';

// The bundle keeps the running trace to itself, so these tests use the modules that it is made of.
jest.mock('infinium-o2', () => jest.requireActual('../../lib/index'));
const { current } = require('../../lib/trace/context');

const server = useServer();
const { bodies } = server;
let client: AsyncInfiniumClient;
beforeEach(() => {
  client = concurrent(server.url, { maxRetries: 0 });
});

describe('the trace', () => {
  it('holds input, output, duration and the execution', async () => {
    await client.trace('Add', async (a: number, b: number) => a + b)(1, 2);
    await client.flush();
    expect(bodies).toMatchObject([
      {
        name: 'Add',
        input_summary: '[1,2]',
        output_summary: '3',
        steps: [
          { step_number: 1, action: 'execution', description: 'Execute Add', output_preview: '3' },
        ],
        environment: { node_version: process.versions.node },
      },
    ]);
    expect(bodies[0].duration).toBeGreaterThanOrEqual(0);
    expect(bodies[0]).not.toHaveProperty('llm_usage');
    expect(bodies[0]).not.toHaveProperty('errors');
  });

  it('cuts the summaries to 3000 and 8000 characters, the preview to 1500', async () => {
    client.trace('Long', (_text: string) => 'o'.repeat(20_000))('i'.repeat(20_000));
    await client.flush();
    const [{ input_summary, output_summary, steps }] = bodies;
    const lengths = [input_summary, output_summary, steps[0].output_preview].map((t) => t.length);
    expect(lengths).toEqual([3000, 8000, 1500]);
  });

  it('fits with as many calls as need not be measured, whatever they contain', async () => {
    const { MIN_STEPS_TO_TRIM } = require('../../lib/bridge/limits');
    // Six bytes in JSON.
    const text = '\u0001'.repeat(20_000);
    const error = Object.assign(new Error(text), { stack: text, requestID: text, status: 500 });
    const names = Array(30).fill(text);
    const work = (_input: string) => {
      for (let count = 1; count < MIN_STEPS_TO_TRIM; count += 1) {
        const call = current().startCall({ model: text, toolCalls: names, toolNames: names });
        call.update({ servedModel: text, finishReason: text, responseId: text });
        call.update({ inputPreview: text, outputPreview: text });
        call.fail(error);
      }
      throw error;
    };
    expect(() => client.trace('Full', work)(text)).toThrow();
    await client.flush();
    expect(bodies[0].steps).toHaveLength(MIN_STEPS_TO_TRIM);
    expect(bodies[0].steps[1]).toMatchObject({ input_preview: `${'\u0001'.repeat(497)}...` });
  });

  it('cuts messages of errors to 10,000 characters, of LLM calls to 1000, and stacks to 1000', async () => {
    const error = Object.assign(new Error('m'.repeat(20_000)), { stack: 's'.repeat(20_000) });
    const fail = () => {
      current().startCall({}).fail(error);
      throw error;
    };
    expect(client.trace('Fail', fail)).toThrow();
    await client.flush();
    const lengths = [bodies[0].errors[0], bodies[0].steps[1].error].map((error) => [
      error.message.length,
      error.stack_trace.length,
    ]);
    expect(lengths).toEqual([
      [10_000, 1000],
      [1000, 1000],
    ]);
  });

  it('is plain data, in whole milliseconds', async () => {
    let task: any;
    const onTrace = (given: unknown) => {
      task = given;
    };
    await client.trace('Plain', { onTrace }, async () => {
      const call = current().startCall({ model: 'a', completionTokens: 2 });
      await new Promise((resolve) => setTimeout(resolve, 3));
      call.end();
    })();
    expect(task).toStrictEqual(JSON.parse(JSON.stringify(task)));
    expect(Number.isInteger(task.steps[0].durationMs)).toBe(true);
    expect(task.steps[1]).not.toHaveProperty('metadata');
    expect(task.llmUsage).toMatchObject({ completionTokens: 2, totalTokens: 2 });
    expect(task.llmUsage).not.toHaveProperty('promptTokens');
  });

  it('has the arguments as they were when the function was called', async () => {
    client.trace('Change', (list: number[]) => void list.push(2))([1]);
    await client.flush();
    expect(bodies).toMatchObject([{ input_summary: '[1]' }]);
  });

  it('lists the calls of models in order of their start, with totals', async () => {
    await client.trace('Ask', async () => {
      const first = current().startCall({ provider: 'openai', model: 'a', temperature: 0 });
      const second = current().startCall({ provider: 'google' });
      await null;
      second.fail(new RangeError('busy'));
      first.update({ promptTokens: 3, completionTokens: 4, toolCalls: ['look_up'] });
      first.end();
    })();
    await client.flush();
    expect(bodies[0].steps.slice(1)).toMatchObject([
      {
        step_number: 2,
        action: 'llm_call',
        description: 'openai/a',
        llm_call: { model: 'a', prompt_tokens: 3, completion_tokens: 4, temperature: 0 },
        metadata: { tool_calls: ['look_up'] },
      },
      { step_number: 3, description: 'google/unknown', error: { error_type: 'RangeError' } },
    ]);
    expect(Number.isInteger(bodies[0].steps[1].llm_call.latency_ms)).toBe(true);
    expect(bodies[0].llm_usage).toMatchObject({
      model: 'multiple',
      provider: 'multiple',
      prompt_tokens: 3,
      completion_tokens: 4,
      total_tokens: 7,
      api_calls_count: 2,
    });
    expect(bodies[0].llm_usage.calls).toHaveLength(2);
    expect(bodies[0]).not.toHaveProperty('errors');
  });

  it('names model and provider of a single call', async () => {
    client.trace('Ask', () => current().startCall({ provider: 'openai', model: 'a' }).end())();
    await client.flush();
    expect(bodies[0].llm_usage).toMatchObject({ model: 'a', provider: 'openai' });
  });

  it('lists the prompts that were fetched', async () => {
    const prompt = {
      promptId: 'p',
      promptName: 'n',
      version: 2,
      variablesUsed: null,
      fetchedAt: 'x',
    };
    client.trace('Ask', () => current().recordPrompt(prompt))();
    await client.flush();
    expect(bodies[0].prompt_studio).toEqual({
      prompts_used: [
        {
          prompt_id: 'p',
          prompt_name: 'n',
          version: 2,
          source: 'prompt_studio',
          variables_used: null,
          fetched_at: 'x',
        },
      ],
    });
  });

  it('never mixes 200 concurrent nested traces with interleaved calls', async () => {
    const inner = client.trace('Inner', async (id: number) => {
      const call = current().startCall({ provider: 'p', model: `inner-${id}` });
      await new Promise((resolve) => setImmediate(resolve));
      call.end();
    });
    const outer = client.trace('Outer', async (id: number) => {
      const call = current().startCall({ provider: 'p', model: `outer-${id}` });
      await Promise.all([inner(id), new Promise((resolve) => setTimeout(resolve, id % 5))]);
      current()
        .startCall({ provider: 'p', model: `outer-${id}` })
        .end();
      call.end();
    });
    await Promise.all(Array.from({ length: 200 }, (_, id) => outer(id)));
    await client.flush();
    expect(bodies).toHaveLength(400);
    for (const body of bodies) {
      const model = `${body.name.toLowerCase()}-${body.input_summary}`;
      const models = body.llm_usage.calls.map((call: any) => call.model);
      expect(models).toEqual(body.name === 'Inner' ? [model] : [model, model]);
    }
  });

  it('arrives when the arguments cannot be read and the result is huge', async () => {
    const bad = {
      toJSON() {
        throw undefined;
      },
    };
    const huge = Buffer.alloc(50e6, 97).toString('latin1');
    expect(client.trace('Huge', (_value: unknown) => huge)(bad)).toBe(huge);
    await client.flush();
    expect(bodies).toHaveLength(1);
    expect(bodies[0].output_summary).toHaveLength(8000);
  });
});
