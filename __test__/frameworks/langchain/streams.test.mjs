// Streams that are left, aborted, or fail midway: their traces are sent all the same.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { InfiniumCallbackHandler } from 'infinium-o2/langchain';
import { answer, failure, readAll, startPlatform, steps, tree, versions } from './support.mjs';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const platform = await startPlatform();
after(() => platform.stop());
const callbacks = [new InfiniumCallbackHandler(platform.client)];

for (const [version, lc] of Object.entries(versions)) {
  const { Fake, RunnableSequence, StateGraph, Annotation, START, END } = lc;
  const chainOf = (model) => RunnableSequence.from([model, new lc.StringOutputParser()]);
  const graphOf = (...nodes) => {
    const State = Annotation.Root({ text: Annotation() });
    const graph = new StateGraph(State);
    for (const [index, node] of nodes.entries()) graph.addNode(`n${index}`, node);
    graph.addEdge(START, 'n0');
    for (const index of nodes.keys()) {
      graph.addEdge(`n${index}`, index + 1 < nodes.length ? `n${index + 1}` : END);
    }
    return graph.compile({ name: 'flow' });
  };

  describe(version, () => {
    it('records a stream of a chain that is read to its end', async () => {
      const stream = await chainOf(new Fake([answer('hello', 7, 5)])).stream('hi', { callbacks });
      assert.equal((await readAll(stream)).join(''), 'hello');
      const [trace] = await platform.take();
      assert.deepEqual(tree(trace), ['RunnableSequence', '  2 llm_call fake/fake-1']);
      assert.equal(trace.llm_usage.total_tokens, 12);
    });

    it('sends the trace of a stream that is left, when it is collected', async () => {
      await (async () => {
        for await (const _ of await chainOf(new Fake([answer('hello')])).stream('', {
          callbacks,
        })) {
          break;
        }
      })();
      while (platform.count === 0) {
        await new Promise(setImmediate);
        gc();
      }
      const [trace] = await platform.take();
      assert.deepEqual(tree(trace), ['RunnableSequence', '  2 llm_call fake/fake-1']);
      assert.deepEqual(trace.errors ?? [], []);
    });

    it('ends a stream that is left when the trace around it ends', async () => {
      await platform.client.trace('outer', async () => {
        for await (const _ of await chainOf(new Fake([answer('hello')])).stream('', {
          callbacks,
        })) {
          break;
        }
      })();
      const [trace] = await platform.take();
      assert.deepEqual(tree(trace), [
        'outer',
        '  2 agent RunnableSequence',
        '    3 llm_call fake/fake-1',
      ]);
    });

    it('records a stream that fails midway', async () => {
      const model = new Fake([answer('hello', 7, 5, { cut: new RangeError('cut') })]);
      const stream = await chainOf(model).stream('hi', { callbacks });
      const error = await failure(readAll(stream));
      assert.equal(error.message, 'cut');
      const [trace] = await platform.take();
      assert.equal(steps(trace, 'llm_call')[0].error.error_type, 'RangeError');
      assert.deepEqual(
        trace.errors.map((each) => each.message),
        ['cut'],
      );
    });

    it('records a run that is aborted', async () => {
      const controller = new AbortController();
      const slow = lc.RunnableLambda.from(
        () => new Promise(() => controller.abort(new RangeError('enough'))),
      );
      await failure(slow.invoke('', { callbacks, signal: controller.signal }));
      const [trace] = await platform.take();
      assert.equal(trace.errors.length, 1);
    });

    it('sends the trace of a graph whose stream is left', async () => {
      const graph = graphOf(
        async () => ({ text: 'a' }),
        async () => ({ text: 'b' }),
      );
      for await (const _ of await graph.stream({ text: '' }, { callbacks })) break;
      while (platform.count === 0) await new Promise(setImmediate);
      const [trace] = await platform.take();
      assert.equal(trace.name, 'flow');
      assert.equal(trace.steps[1].description, 'n0');
    });

    it('records what a graph streams, by messages, with its tokens', async () => {
      const model = new Fake([answer('hello', 7, 5)]);
      const graph = graphOf(async (_, config) => {
        await model.invoke('hi', config);
        return { text: 'done' };
      });
      await readAll(await graph.stream({ text: '' }, { callbacks, streamMode: 'messages' }));
      const [trace] = await platform.take();
      assert.deepEqual(tree(trace), ['flow', '  2 node n0', '    3 llm_call fake/fake-1']);
      assert.equal(trace.llm_usage.total_tokens, 12);
    });
  });
}
