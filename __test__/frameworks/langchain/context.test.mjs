// What runs within what: traces of the client, functions of the user, watched clients, concurrent runs.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { currentTrace, traceTool, watch } from 'infinium-o2';
import { InfiniumCallbackHandler } from 'infinium-o2/langchain';
import { z } from 'zod';
import { startProvider } from './provider.mjs';
import { answer, asks, readAll, startPlatform, steps, tree, versions } from './support.mjs';

const platform = await startPlatform();
const provider = await startProvider();
after(() => platform.stop());
after(() => provider.stop());
const handler = new InfiniumCallbackHandler(platform.client, { captureContent: true });
const callbacks = [handler];
const inner = traceTool('inner', async (value) => {
  await new Promise(setImmediate);
  return value;
});

for (const [version, lc] of Object.entries(versions)) {
  const { Fake, RunnableLambda, StateGraph, Annotation, START, END } = lc;
  const graphOf = (node, name = 'flow') => {
    const State = Annotation.Root({ text: Annotation() });
    const graph = new StateGraph(State).addNode('work', node);
    return graph.addEdge(START, 'work').addEdge('work', END).compile({ name });
  };
  const echo = (log) =>
    lc.tool(async ({ text }) => inner(log(text)), {
      name: 'echo',
      description: 'echoes',
      schema: z.object({ text: z.string() }),
    });

  describe(version, () => {
    it('makes a run part of the trace around it', async () => {
      const agent = lc.createReactAgent({
        llm: new Fake([asks(['echo', { text: 'x' }, 'c1']), answer('done')]),
        tools: [echo((text) => text)],
      });
      await platform.client.trace('outer', async () => {
        await inner('before');
        await agent.invoke({ messages: [['user', 'hi']] }, { callbacks });
      })();
      const traces = await platform.take();
      assert.deepEqual(traces.map(tree), [
        [
          'outer',
          '  2 tool_call inner',
          '  3 agent LangGraph',
          '    4 node agent',
          '      5 llm_call fake/fake-1',
          '    6 node tools',
          '      7 tool_call echo',
          '        8 tool_call inner',
          '    9 node agent',
          '      10 llm_call fake/fake-1',
        ],
      ]);
    });

    it('keeps concurrent runs apart, within a trace and without one', async () => {
      const run = async (name) => {
        const calls = [1, 2, 3].map((n) => ['echo', { text: `${name}-${n}` }, `${name}-c${n}`]);
        const agent = lc.createReactAgent({
          llm: new Fake([asks(...calls), answer(`done ${name}`, 100)]),
          tools: [
            echo((text) => {
              currentTrace()?.setTags({ [text]: 'seen' });
              return text;
            }),
          ],
        });
        await agent.invoke({ messages: [['user', name]] }, { callbacks, runName: name });
      };
      const names = Array.from({ length: 20 }, (_, index) => `run${index}`);
      await Promise.all(
        names.map((name, index) =>
          index % 2 ? run(name) : platform.client.trace(`outer-${name}`, () => run(name))(),
        ),
      );
      const traces = await platform.take();
      assert.equal(traces.length, 20);
      for (const trace of traces) {
        const isOuter = trace.name.startsWith('outer-');
        const name = trace.name.replace('outer-', '');
        const number = isOuter ? 3 : 2;
        const text = JSON.stringify(trace);
        for (const other of names.filter((each) => each !== name)) {
          assert.doesNotMatch(text, new RegExp(`${other}[^0-9]`));
        }
        const asking = number + 1;
        const tools = steps(trace, 'tool_call').filter(({ description }) => description === 'echo');
        assert.deepEqual(
          tools.map(({ tool_call, metadata }) => [
            tool_call.output_summary,
            metadata.tool_call_id,
            metadata.requested_by_step,
          ]),
          [1, 2, 3].map((n) => [`${name}-${n}`, `${name}-c${n}`, asking]),
        );
        const inners = steps(trace, 'tool_call').filter(
          ({ description }) => description === 'inner',
        );
        const parents = inners.map(({ tool_call, metadata }) => {
          const parent = trace.steps[metadata.parent_step - 1];
          return [tool_call.output_summary, parent.tool_call.output_summary];
        });
        assert.deepEqual(
          parents,
          [1, 2, 3].map((n) => [`${name}-${n}`, `${name}-${n}`]),
        );
        assert.equal(trace.llm_usage.prompt_tokens, 103);
      }
    });

    it('is one record with the call of a watched client', async () => {
      // The second version has no package of its own that calls a provider: a model does it.
      const { default: OpenAI } = await import('openai');
      const openai = watch(new OpenAI({ apiKey: 'none', baseURL: provider.url, maxRetries: 0 }));
      class Calls extends Fake {
        async _generate([{ content }]) {
          const messages = [{ role: 'user', content }];
          const { choices } = await openai.chat.completions.create({ model: 'm', messages });
          const text = choices[0].message.content;
          return { generations: [{ text, message: new lc.AIMessage(text) }], llmOutput: {} };
        }
      }
      const model = new Calls([]);
      const graph = graphOf(async (_, config) => {
        const [first, second] = await Promise.all([
          model.invoke('a', config),
          model.invoke('b', config),
        ]);
        await openai.chat.completions.create({
          model: 'own',
          messages: [{ role: 'user', content: 'c' }],
        });
        return { text: first.content + second.content };
      });
      await platform.client.trace('outer', async () => {
        await model.invoke('d', { callbacks });
        return graph.invoke({ text: '' }, { callbacks });
      })();
      const [trace] = await platform.take();
      assert.deepEqual(tree(trace), [
        'outer',
        '  2 llm_call fake/m-0613',
        '  3 agent flow',
        '    4 node work',
        '      5 llm_call fake/m-0613',
        '      6 llm_call fake/m-0613',
        '      7 llm_call openai/own-0613',
      ]);
      const calls = steps(trace, 'llm_call');
      assert.deepEqual(
        calls.map(({ output_preview }) => output_preview),
        ['re: d', 're: a', 're: b', undefined],
      );
      assert.equal(trace.llm_usage.total_tokens, 4 * 30);
    });

    it('is one record with each call of a batch', async () => {
      const { default: OpenAI } = await import('openai');
      const openai = watch(new OpenAI({ apiKey: 'none', baseURL: provider.url, maxRetries: 0 }));
      class Calls extends Fake {
        async _generate([{ content }]) {
          const messages = [{ role: 'user', content }];
          const { choices } = await openai.chat.completions.create({ model: 'm', messages });
          const text = choices[0].message.content;
          return { generations: [{ text, message: new lc.AIMessage(text) }], llmOutput: {} };
        }
      }
      const conversations = ['a', 'b', 'c'].map((text) => [new lc.HumanMessage(text)]);
      await platform.client.trace('outer', () =>
        new Calls([]).generate(conversations, undefined, callbacks),
      )();
      const [trace] = await platform.take();
      assert.deepEqual(
        steps(trace, 'llm_call').map(({ input_preview, output_preview, llm_call }) => [
          input_preview,
          output_preview,
          llm_call.prompt_tokens,
        ]),
        ['a', 'b', 'c'].map((text) => [`user: ${text}`, `re: ${text}`, 20]),
      );
    });

    it('is one record with a call that the cache of LangChain has looked for', async () => {
      const { default: OpenAI } = await import('openai');
      const openai = watch(new OpenAI({ apiKey: 'none', baseURL: provider.url, maxRetries: 0 }));
      class Calls extends Fake {
        async _generate([{ content }]) {
          const messages = [{ role: 'user', content }];
          const { choices, usage } = await openai.chat.completions.create({ model: 'm', messages });
          const text = choices[0].message.content;
          const tokenUsage = {
            promptTokens: usage.prompt_tokens,
            completionTokens: usage.completion_tokens,
          };
          const message = new lc.AIMessage(text);
          return { generations: [{ text, message }], llmOutput: { tokenUsage } };
        }
      }
      const model = new Calls([], { cache: new lc.InMemoryCache() });
      await platform.client.trace('outer', async () => {
        await model.invoke('a', { callbacks });
        // The cache knows the first, and the others are under way at once.
        await Promise.all(['a', 'b', 'c'].map((text) => model.invoke(text, { callbacks })));
      })();
      const graph = graphOf(async () => {
        await Promise.all(['d', 'e'].map((text) => model.invoke(text, { callbacks })));
        return { text: 'done' };
      });
      await graph.invoke({ text: '' }, { callbacks });
      const traces = await platform.take();
      assert.deepEqual(
        traces.map((trace) =>
          steps(trace, 'llm_call').map(({ input_preview, output_preview, llm_call }) => [
            input_preview,
            output_preview,
            llm_call.prompt_tokens,
          ]),
        ),
        [
          [
            ['user: a', 're: a', 20],
            ['user: a', 're: a', undefined],
            ['user: b', 're: b', 20],
            ['user: c', 're: c', 20],
          ],
          [
            ['user: d', 're: d', 20],
            ['user: e', 're: e', 20],
          ],
        ],
      );
    });

    it('is found by a call that got callbacks of its own', async () => {
      const model = new Fake([answer('ok')]);
      const graph = graphOf(async () => {
        await model.invoke('hi', { callbacks });
        return { text: 'done' };
      });
      await graph.invoke({ text: '' }, { callbacks });
      const traces = await platform.take();
      assert.deepEqual(traces.map(tree), [['flow', '  2 node work', '    3 llm_call fake/fake-1']]);
    });

    it('is part of a trace that the user begins within a node', async () => {
      const model = new Fake([answer('ok')]);
      const work = platform.client.trace('own', async () => model.invoke('hi'));
      const graph = graphOf(async () => ({ text: (await work()).content }));
      await graph.invoke({ text: '' }, { callbacks });
      const traces = await platform.take();
      assert.deepEqual(traces.map(tree).sort().reverse(), [
        ['own', '  2 llm_call fake/fake-1'],
        ['flow', '  2 node work'],
      ]);
    });

    it('takes part in a retriever', async () => {
      class Books extends lc.BaseRetriever {
        lc_namespace = ['test'];
        async _getRelevantDocuments(query) {
          return [{ pageContent: await inner(query), metadata: {} }];
        }
      }
      await new Books().invoke('trees', { callbacks });
      const [trace] = await platform.take();
      assert.deepEqual(tree(trace), ['Books', '  2 retrieval Books', '    3 tool_call inner']);
    });

    it('keeps its steps when the stream is read elsewhere', async () => {
      const graph = graphOf(async () => ({ text: await inner('x') }));
      const start = traceTool('start', () => graph.stream({ text: '' }, { callbacks }));
      await platform.client.trace('outer', async () => readAll(await start()))();
      const [trace] = await platform.take();
      assert.deepEqual(tree(trace), [
        'outer',
        '  2 tool_call start',
        '    3 agent flow',
        '      4 node work',
        '        5 tool_call inner',
      ]);
    });

    it('takes part in a chain without a graph', async () => {
      const chain = RunnableLambda.from(async (text) => inner(text)).withConfig({ runName: 'c' });
      await platform.client.trace('outer', () => chain.invoke('x', { callbacks }))();
      const [trace] = await platform.take();
      assert.deepEqual(tree(trace), ['outer', '  2 agent c', '    3 tool_call inner']);
    });
  });
}

describe('ChatOpenAI', () => {
  const fields = { model: 'gpt', apiKey: 'none', maxRetries: 0, temperature: 0.2 };
  const make = async (more = {}) => {
    const { ChatOpenAI } = await import('@langchain/openai');
    return new ChatOpenAI({ ...fields, ...more, configuration: { baseURL: provider.url } });
  };
  const expected = {
    model: 'gpt-0613',
    provider: 'openai',
    prompt_tokens: 20,
    completion_tokens: 10,
    temperature: 0.2,
  };
  const check = (trace, more = {}) => {
    const calls = steps(trace, 'llm_call');
    assert.equal(calls.length, 1);
    const [{ llm_call, metadata }] = calls;
    const { latency_ms, ...rest } = llm_call;
    assert.deepEqual(rest, { ...expected, ...more });
    assert.equal(metadata.cached_tokens, 5);
    assert.equal(metadata.reasoning_tokens, 4);
    assert.equal(metadata.finish_reason, 'stop');
  };

  for (const isWatched of [false, true]) {
    const about = isWatched ? ', watched' : '';

    it(`is recorded once${about}`, async () => {
      const model = isWatched ? watch(await make()) : await make();
      await platform.client.trace('outer', () => model.invoke('hi', { callbacks }))();
      const [trace] = await platform.take();
      check(trace);
      assert.equal(steps(trace, 'llm_call')[0].metadata.response_id, 'chatcmpl-1');
    });

    it(`is recorded once as a stream${about}`, async () => {
      const model = isWatched ? watch(await make()) : await make();
      await platform.client.trace('outer', async () =>
        readAll(await model.stream('hi', { callbacks })),
      )();
      const [trace] = await platform.take();
      check(trace, { model: 'gpt' });
    });
  }

  it('shows the attempts of a watched model, and counts their tokens once', async (test) => {
    const { setTimeout } = globalThis;
    // What waits for a minute or longer ends requests that take too long.
    const soon = (fn, ms, ...values) => setTimeout(fn, ms < 60_000 ? 0 : ms, ...values);
    test.mock.method(globalThis, 'setTimeout', soon);
    provider.statuses.push(503);
    const model = watch(await make({ maxRetries: 1 }));
    await platform.client.trace('outer', () => model.invoke('hi', { callbacks }))();
    const [trace] = await platform.take();
    const [failed, done, ...more] = steps(trace, 'llm_call');
    assert.equal(failed.metadata.http_status, 503);
    assert.equal(failed.llm_call.prompt_tokens, undefined);
    assert.equal(done.llm_call.prompt_tokens, 20);
    assert.deepEqual(more, []);
  });

  it('sends the same requests', async () => {
    provider.requests.length = 0;
    const model = await make();
    await model.invoke('hi');
    await model.invoke('hi', { callbacks });
    const [plain, traced] = provider.requests;
    assert.deepEqual(traced, plain);
    await platform.take();
  });
});
