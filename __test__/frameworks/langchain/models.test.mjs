// What is recorded of the calls of models.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { InfiniumCallbackHandler } from 'infinium-o2/langchain';
import { answer, asks, failure, readAll, startPlatform, steps, versions } from './support.mjs';

const platform = await startPlatform();
after(() => platform.stop());
const handler = new InfiniumCallbackHandler(platform.client, { captureContent: true });
const callbacks = [handler];

for (const [version, lc] of Object.entries(versions)) {
  const { Fake } = lc;

  /** The step of a model that has answered so. */
  const stepFor = async (given, fields) => {
    await new Fake([given], fields).invoke('hi', { callbacks });
    const [trace] = await platform.take();
    return steps(trace, 'llm_call')[0];
  };

  describe(version, () => {
    it('counts cached and reasoning tokens as parts of what was read and written', async () => {
      const { llm_call, metadata } = await stepFor({
        content: 'ok',
        usage_metadata: {
          input_tokens: 100,
          output_tokens: 50,
          total_tokens: 150,
          input_token_details: { cache_read: 60, cache_creation: 30, audio: 4 },
          output_token_details: { reasoning: 20, audio: 1 },
        },
      });
      assert.equal(llm_call.prompt_tokens, 100);
      assert.equal(llm_call.completion_tokens, 50);
      assert.deepEqual(metadata, {
        cached_tokens: 60,
        cache_creation_tokens: 30,
        reasoning_tokens: 20,
        audio_tokens: 5,
      });
    });

    it('adds up the tokens of Anthropic, of which older versions report the fresh ones', async () => {
      const { llm_call } = await stepFor({
        content: 'ok',
        usage_metadata: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
        response_metadata: {
          usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 90 },
        },
      });
      assert.equal(llm_call.prompt_tokens, 100);
    });

    it('adds what only the total counts', async () => {
      const { llm_call } = await stepFor({
        content: 'ok',
        usage_metadata: {
          input_tokens: 10,
          output_tokens: 5,
          total_tokens: 22,
          output_token_details: { reasoning: 7 },
        },
      });
      assert.equal(llm_call.completion_tokens, 12);
    });

    it('records what is known of the answer', async () => {
      const { llm_call, metadata } = await stepFor(
        asks(['add', { a: 1 }, 'c1']) && {
          ...answer('ok'),
          id: 'chatcmpl-7',
          response_metadata: { finish_reason: 'stop', model_name: 'fake-1-0613' },
        },
      );
      assert.equal(llm_call.model, 'fake-1-0613');
      assert.equal(llm_call.provider, 'fake');
      assert.equal(llm_call.temperature, 0.5);
      assert.equal(metadata.finish_reason, 'stop');
      assert.equal(metadata.response_id, 'chatcmpl-7');
    });

    it('does not take the ids that LangChain makes for those of answers', async () => {
      const { metadata } = await stepFor({ ...answer('ok'), id: 'run-1' });
      assert.equal(metadata?.response_id, undefined);
    });

    it('names the roles of the conversation as providers do', async () => {
      const conversation = [
        ['system', 'Be kind.'],
        ['human', 'Hello'],
      ];
      await new Fake([answer('ok')]).invoke(conversation, { callbacks });
      const [trace] = await platform.take();
      assert.equal(trace.steps[1].input_preview, 'user: Hello | system: Be kind.');
      assert.equal(trace.input_summary.includes('lc_kwargs'), false);
    });

    it('records a stream with its tokens, and the time to its first token', async () => {
      const model = new Fake([answer('hello', 7, 5)]);
      const chunks = await readAll(await model.stream('hi', { callbacks }));
      assert.equal(chunks.length, 5);
      const [trace] = await platform.take();
      const [step] = steps(trace, 'llm_call');
      assert.equal(step.llm_call.prompt_tokens, 7);
      assert.equal(step.output_preview, 'hello');
      assert.ok(step.metadata.time_to_first_token_ms >= 0);
      assert.ok(step.metadata.time_to_first_token_ms <= step.llm_call.latency_ms + 1);
    });

    it('counts no tokens for an answer from the cache of LangChain', async () => {
      const cache = new lc.InMemoryCache();
      await new Fake([answer('ok', 7, 5)], { cache }).invoke('hi', { callbacks });
      await new Fake([], { cache }).invoke('hi', { callbacks });
      const [asked, cached] = (await platform.take()).map((trace) => trace.steps[1]);
      assert.equal(asked.llm_call.prompt_tokens, 7);
      assert.equal(cached.llm_call.prompt_tokens, undefined);
      assert.equal(cached.metadata.cache_hit, true);
    });

    it('records a failure, without the request that it repeats', async () => {
      const model = new Fake([new RangeError('cannot read: a secret of ours')], { maxRetries: 0 });
      const plain = new InfiniumCallbackHandler(platform.client);
      const chain = lc.RunnableLambda.from(async (_, config) => {
        await failure(model.invoke('a secret of ours', config));
      });
      await chain.invoke('', { callbacks: [plain] });
      const [trace] = await platform.take();
      assert.equal(trace.steps[1].error.error_type, 'RangeError');
      assert.doesNotMatch(JSON.stringify(trace), /secret of ours/);
    });

    it('hides in the errors of a run what they repeat of its model calls and tools', async () => {
      const plain = [new InfiniumCallbackHandler(platform.client)];
      const refused = new Fake([new RangeError('refused: a secret of ours')], { maxRetries: 0 });
      const parser = lc.RunnableLambda.from(({ content }) => {
        throw new RangeError(`cannot parse ${content}`);
      }).withConfig({ runName: 'parser' });
      const tool = lc.tool(({ city }) => Promise.reject(new RangeError(`no ${city}`)), {
        name: 'find',
        schema: { type: 'object', properties: { city: { type: 'string' } } },
      });
      const runs = [
        () => refused.pipe(parser).invoke('a secret of ours', { callbacks: plain }),
        () => new Fake([answer('a secret of ours')]).pipe(parser).invoke('x', { callbacks: plain }),
        () => tool.invoke({ city: 'a secret of ours' }, { callbacks: plain }),
      ];
      for (const run of runs) await failure(run());
      const traces = await platform.take();
      for (const trace of traces) assert.equal(trace.errors[0].error_type, 'RangeError');
      assert.equal(traces.length, 3);
      assert.doesNotMatch(JSON.stringify(traces), /secret of ours/);
    });

    it('records models that complete texts', async () => {
      class Completes extends lc.LLM {
        _llmType() {
          return 'text';
        }
        async _call(prompt) {
          return `${prompt}!`;
        }
      }
      assert.equal(await new Completes({}).invoke('hi', { callbacks }), 'hi!');
      const [trace] = await platform.take();
      const [step] = steps(trace, 'llm_call');
      assert.deepEqual([step.input_preview, step.output_preview], ['hi', 'hi!']);
      assert.equal(trace.name, 'Completes');
    });
  });
}
