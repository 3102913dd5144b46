// Runs of LangChain as traces and steps: graphs, chains, tools, retrievers, errors.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, describe, it } from 'node:test';
import { InfiniumCallbackHandler } from 'infinium-o2/langchain';
import { z } from 'zod';
import { answer, asks, failure, startPlatform, steps, tree, versions } from './support.mjs';

const platform = await startPlatform();
after(() => platform.stop());
const handler = new InfiniumCallbackHandler(platform.client, { captureContent: true });
const callbacks = [handler];

for (const [version, lc] of Object.entries(versions)) {
  const { Fake, RunnableLambda, RunnableSequence, RunnableParallel, tool, BaseRetriever } = lc;
  const { StateGraph, Annotation, START, END, MemorySaver, Command, interrupt } = lc;
  const add = tool(async ({ a, b }) => a + b, {
    name: 'add',
    description: 'adds',
    schema: z.object({ a: z.number(), b: z.number() }),
  });
  const State = Annotation.Root({
    text: Annotation({ reducer: (before, more) => before + more, default: () => '' }),
  });

  class Books extends BaseRetriever {
    lc_namespace = ['test'];
    async _getRelevantDocuments(query) {
      if (query === 'fail') throw new RangeError('no such book');
      return [{ pageContent: `about ${query}`, metadata: {} }];
    }
  }

  describe(version, () => {
    it('records an agent: its nodes, model calls, and the tools with the calls that asked for them', async () => {
      const llm = new Fake([
        asks(['add', { a: 1, b: 2 }, 'c1'], ['add', { a: 3, b: 4 }, 'c2']),
        answer('3 and 7', 30, 5),
      ]);
      const agent = lc.createReactAgent({ llm, tools: [add] });
      const result = await agent.invoke(
        { messages: [['user', 'Add.']] },
        { callbacks, configurable: { thread_id: 't9' } },
      );
      assert.equal(result.messages.at(-1).content, '3 and 7');
      const [trace] = await platform.take();
      assert.deepEqual(tree(trace), [
        'LangGraph',
        '  2 node agent',
        '    3 llm_call fake/fake-1',
        '  4 node tools',
        '    5 tool_call add',
        '    6 tool_call add',
        '  7 node agent',
        '    8 llm_call fake/fake-1',
      ]);
      assert.equal(trace.environment.custom_tags.session_id, 't9');
      const [first, second] = steps(trace, 'tool_call');
      assert.deepEqual(
        [first, second].map(({ metadata }) => [metadata.tool_call_id, metadata.requested_by_step]),
        [
          ['c1', 3],
          ['c2', 3],
        ],
      );
      assert.equal(first.tool_call.input_summary, '{"a":1,"b":2}');
      assert.equal(second.tool_call.output_summary, '7');
      const [asked, answered] = steps(trace, 'llm_call');
      assert.deepEqual(asked.metadata.tool_calls, ['add', 'add']);
      assert.deepEqual(asked.metadata.tool_names, ['add']);
      assert.equal(answered.llm_call.prompt_tokens, 30);
      assert.equal(answered.output_preview, '3 and 7');
      assert.equal(trace.llm_usage.total_tokens, 40);
      assert.match(trace.input_summary, /Add\./);
      assert.match(trace.output_summary, /3 and 7/);
    });

    it('records no content unless it is asked for', async () => {
      const llm = new Fake([asks(['add', { a: 12321, b: 2 }, 'c1']), answer('a secret')]);
      const agent = lc.createReactAgent({ llm, tools: [add] });
      const plain = new InfiniumCallbackHandler(platform.client);
      await agent.invoke({ messages: [['user', 'the secret']] }, { callbacks: [plain] });
      await new Books().invoke('secret', { callbacks: [plain] });
      const text = JSON.stringify(await platform.take());
      assert.doesNotMatch(text, /secret|12321|12323/);
    });

    it('hides the parts of a chain, and shows a part that has a name', async () => {
      const parts = Array.from({ length: 8 }, () => RunnableLambda.from((text) => `${text}.`));
      const named = RunnableLambda.from((text) => text).withConfig({ runName: 'polish' });
      const chain = RunnableSequence.from([
        lc.ChatPromptTemplate.fromTemplate('About {topic}').withConfig({ runName: 'greeting' }),
        new Fake([answer('text')]),
        new lc.StringOutputParser(),
        ...parts,
        RunnableParallel.from({ a: named, b: (text) => text }),
      ]);
      const result = await chain.invoke({ topic: 'x' }, { callbacks, runName: 'writer' });
      assert.deepEqual(result, { a: 'text........', b: 'text........' });
      const [trace] = await platform.take();
      assert.deepEqual(tree(trace), ['writer', '  2 llm_call fake/fake-1', '  3 chain polish']);
      assert.equal(trace.input_summary, '{"topic":"x"}');
    });

    it('shows subgraphs as agents within their nodes', async () => {
      const inner = new StateGraph(State)
        .addNode('read', async () => ({ text: 'r' }))
        .addEdge(START, 'read')
        .addEdge('read', END)
        .compile();
      const graph = new StateGraph(State)
        .addNode('plan', async () => ({ text: 'p' }))
        .addNode('work', inner)
        .addEdge(START, 'plan')
        .addConditionalEdges('plan', () => 'work', ['work'])
        .addEdge('work', END)
        .compile({ name: 'flow' });
      await graph.invoke({ text: '' }, { callbacks });
      const [trace] = await platform.take();
      assert.deepEqual(tree(trace), [
        'flow',
        '  2 node plan',
        '  3 node work',
        '    4 agent LangGraph',
        '      5 node read',
      ]);
    });

    it('takes an interrupt for a pause, not for a failure', async () => {
      const graph = new StateGraph(State)
        .addNode('ask', async () => ({ text: interrupt('May I?') }))
        .addEdge(START, 'ask')
        .addEdge('ask', END)
        .compile({ checkpointer: new MemorySaver(), name: 'flow' });
      const config = { callbacks, configurable: { thread_id: 'pause' } };
      await graph.invoke({ text: '' }, config);
      await graph.invoke(new Command({ resume: 'yes' }), config);
      const [paused, resumed] = await platform.take();
      assert.deepEqual(paused.errors ?? [], []);
      assert.equal(paused.steps[1].metadata.interrupted, true);
      assert.equal(paused.steps[1].error, undefined);
      assert.equal(resumed.steps[1].metadata.interrupted, undefined);
      assert.deepEqual(
        [paused, resumed].map(({ environment }) => environment.custom_tags.session_id),
        ['pause', 'pause'],
      );
    });

    it('records retrievers and what failed in them', async () => {
      const chain = RunnableLambda.from(async (query, config) => {
        await new Books().invoke(query, config);
        return new Books().invoke('fail', config);
      });
      const error = await failure(chain.invoke('trees', { callbacks }));
      assert.equal(error.message, 'no such book');
      const [trace] = await platform.take();
      const [found, failed] = steps(trace, 'retrieval');
      assert.equal(found.description, 'Books');
      assert.equal(found.input_preview, 'trees');
      assert.match(found.output_preview, /about trees/);
      assert.equal(found.metadata.documents, 1);
      assert.equal(failed.error.error_type, 'RangeError');
      assert.deepEqual(
        trace.errors.map(({ message }) => message),
        ['no such book'],
      );
    });

    it('records what failed in a tool', async () => {
      const broken = tool(
        async () => {
          throw new RangeError('no');
        },
        { name: 'broken', description: 'b', schema: z.object({}) },
      );
      await failure(broken.invoke({}, { callbacks }));
      const [trace] = await platform.take();
      assert.deepEqual(tree(trace), ['broken', '  2 tool_call broken']);
      assert.equal(trace.steps[1].tool_call.error.error_type, 'RangeError');
      assert.equal(trace.errors[0].error_type, 'RangeError');
    });

    it('records every attempt of a retry, and every fallback, as a call', async (test) => {
      // LangChain waits for a second before it tries again.
      const { setTimeout } = globalThis;
      test.mock.method(globalThis, 'setTimeout', (fn, _ms, ...values) =>
        setTimeout(fn, 0, ...values),
      );
      const flaky = new Fake([new RangeError('busy'), answer('ok')]);
      await flaky.withRetry({ stopAfterAttempt: 2 }).invoke('hi', { callbacks });
      const worse = new Fake([new RangeError('down')], { maxRetries: 0 });
      await worse.withFallbacks([new Fake([answer('ok')])]).invoke('hi', { callbacks });
      const traces = await platform.take();
      for (const trace of traces) {
        const [failed, done, ...more] = steps(trace, 'llm_call');
        assert.equal(failed.error.error_type, 'RangeError');
        assert.equal(done.llm_call.prompt_tokens, 3);
        assert.deepEqual(more, []);
        assert.deepEqual(trace.errors ?? [], []);
      }
      assert.equal(traces.length, 2);
    });

    it('makes a trace of each run of a batch', async () => {
      const chain = RunnableLambda.from((text) => text.toUpperCase()).withConfig({ runName: 'up' });
      assert.deepEqual(await chain.batch(['a', 'b'], { callbacks }), ['A', 'B']);
      const traces = await platform.take();
      assert.deepEqual(traces.map((trace) => trace.output_summary).sort(), ['A', 'B']);
    });

    it('records a run once that has the handler twice', async () => {
      const model = new Fake([answer('ok')], { callbacks });
      const other = new InfiniumCallbackHandler(platform.client);
      await model.invoke('hi', { callbacks: [handler, other] });
      const traces = await platform.take();
      assert.deepEqual(traces.map(tree), [['Fake', '  2 llm_call fake/fake-1']]);
    });

    it('forgets a run that has ended, and what was within it', async () => {
      const runId = '0190a1b2-0000-7000-8000-000000000001';
      const chain = RunnableLambda.from((text) => text);
      for (const text of ['a', 'b']) await chain.invoke(text, { callbacks, runId });
      for (const _ of ['a', 'b']) {
        handler.handleChainStart({ id: ['Root'] }, {}, 'root', undefined, [], {});
        handler.handleChatModelStart({ id: ['Model'] }, [[]], 'left', 'root', {}, [], {});
        handler.handleChainEnd({}, 'root');
      }
      const traces = await platform.take();
      assert.deepEqual(traces.map(({ steps }) => steps.length).sort(), [1, 1, 2, 2]);
    });

    it('changes no error, and leaves none unhandled', async (test) => {
      const unhandled = test.mock.fn();
      process.on('unhandledRejection', unhandled);
      const chain = RunnableLambda.from(async () => Promise.reject(new RangeError('no')));
      const own = await failure(chain.invoke(''));
      const traced = await failure(chain.invoke('', { callbacks }));
      assert.deepEqual([traced.constructor, traced.message], [own.constructor, own.message]);
      await new Promise(setImmediate);
      process.off('unhandledRejection', unhandled);
      assert.equal(unhandled.mock.callCount(), 0);
      await platform.take();
    });
  });
}

it('records a run once that has handlers of two copies of the package', async () => {
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve('infinium-o2/langchain')];
  const other = require('infinium-o2/langchain');
  assert.notEqual(other.InfiniumCallbackHandler, InfiniumCallbackHandler);
  const second = new other.InfiniumCallbackHandler(platform.client);
  const { Fake } = versions['core 1'];
  await new Fake([answer('ok')], { callbacks: [second] }).invoke('hi', { callbacks });
  const traces = await platform.take();
  assert.deepEqual(traces.map(tree), [['Fake', '  2 llm_call fake/fake-1']]);
});

it('ends the oldest run when there are too many', async () => {
  const own = new InfiniumCallbackHandler(platform.client);
  const kept = Array.from({ length: 10_001 }, () => ({}));
  for (const [index, metadata] of kept.entries()) {
    own.handleChainStart(
      { id: ['Root'] },
      {},
      `many-${index}`,
      undefined,
      [],
      metadata,
      '',
      `n${index}`,
    );
  }
  const traces = await platform.take();
  assert.deepEqual(traces.map(tree), [['n0']]);
  // The others are as if they went on.
  assert.equal(kept.length, 10_001);
});

it('warns once if LangChain calls it in another way', async (test) => {
  const warn = test.mock.method(process, 'emitWarning', () => {});
  for (const _ of [1, 2]) handler.handleChainStart({}, {}, undefined);
  assert.equal(warn.mock.callCount(), 1);
  assert.equal(warn.mock.calls[0].arguments[1].code, 'INFINIUM_WATCH');
  handler.handleChainEnd({}, undefined);
  await platform.take();
});
