// Runs of LangChain that are recorded without a handler in the code, because `install` was called first.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, describe, it } from 'node:test';
import { InfiniumCallbackHandler, install } from 'infinium-o2/langchain';
import { traceable } from 'langsmith/traceable';

assert.equal(install(), undefined);
assert.equal(install(), undefined);
const { answer, asks, readAll, startPlatform, tree, versions } = await import('./support.mjs');
const { z } = await import('zod');
const { setDefaultClient } = createRequire(import.meta.url)('../../../dist/frameworks.js');

const platform = await startPlatform();
after(() => platform.stop());
setDefaultClient(platform.client);

for (const [version, lc] of Object.entries(versions)) {
  const { Fake } = lc;

  describe(version, () => {
    it('records an agent', async () => {
      const add = lc.tool(async ({ a }) => a, {
        name: 'add',
        description: 'adds',
        schema: z.object({ a: z.number() }),
      });
      const llm = new Fake([asks(['add', { a: 1 }, 'c1']), answer('1')]);
      await lc.createReactAgent({ llm, tools: [add] }).invoke({ messages: [['user', 'hi']] });
      const traces = await platform.take();
      assert.deepEqual(traces.map(tree), [
        [
          'LangGraph',
          '  2 node agent',
          '    3 llm_call fake/fake-1',
          '  4 node tools',
          '    5 tool_call add',
          '  6 node agent',
          '    7 llm_call fake/fake-1',
        ],
      ]);
    });

    it('records streams, and runs within a trace', async () => {
      await platform.client.trace('outer', async () =>
        readAll(await new Fake([answer('hello')]).stream('hi')),
      )();
      const traces = await platform.take();
      assert.deepEqual(traces.map(tree), [['outer', '  2 llm_call fake/fake-1']]);
    });

    it('adds no handler to those of the user', async () => {
      const callbacks = [new InfiniumCallbackHandler(platform.client)];
      await new Fake([answer('ok')]).invoke('hi', { callbacks });
      assert.equal((await platform.take()).length, 1);
    });

    it('leaves the hooks of others, and the context of LangSmith', async () => {
      const seen = [];
      const other = {
        name: 'other',
        awaitHandlers: true,
        copy: () => other,
        handleLLMEnd: () => seen.push('end'),
      };
      const chain = lc.RunnableLambda.from(async () => {
        lc.setContextVariable('other', other);
        lc.registerConfigureHook({ contextVar: 'other' });
        assert.equal(lc.getContextVariable('other'), other);
        return (await new Fake([answer('ok')]).invoke('hi')).content;
      });
      const plain = traceable(() => chain.invoke(''), { name: 'x', tracingEnabled: false });
      assert.equal(await plain(), 'ok');
      assert.deepEqual(seen, ['end']);
      const traces = await platform.take();
      assert.deepEqual(traces.map(tree), [['RunnableLambda', '  2 llm_call fake/fake-1']]);
    });
  });
}

it('records an agent of the build for ES modules', async () => {
  const { createAgent, FakeToolCallingModel } = await import('langchain');
  const agent = createAgent({ model: new FakeToolCallingModel(), tools: [], name: 'helper' });
  await agent.invoke({ messages: [{ role: 'user', content: 'hi' }] });
  const traces = await platform.take();
  assert.equal(traces.length, 1);
  assert.equal(traces[0].name, 'helper');
  assert.equal(traces[0].steps[2].action, 'llm_call');
});
