// What the tests of the integration need: both versions of LangChain, a platform, a fake model, short forms of traces.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { InfiniumClient } from 'infinium-o2';
import { startReceiver } from '../receiver.mjs';

const older = createRequire(new URL('../../../examples/langchain/older/index.js', import.meta.url));
const newer = createRequire(import.meta.url);

/** @param {NodeJS.Require} require */
function load(require) {
  const names = ['runnables', 'tools', 'messages', 'prompts', 'output_parsers', 'retrievers'];
  const modules = [
    ...names.map((name) => `@langchain/core/${name}`),
    '@langchain/core/language_models/chat_models',
    '@langchain/core/language_models/llms',
    '@langchain/core/outputs',
    '@langchain/core/context',
    '@langchain/core/caches',
    '@langchain/langgraph',
    '@langchain/langgraph/prebuilt',
  ];
  /** @type {any} */
  const all = Object.assign({}, ...modules.map((name) => require(name)));
  return { ...all, Fake: fakeModel(all) };
}

/** Both versions, by what their tests are called. */
export const versions = { 'core 1': load(newer), 'core 0.3': load(older) };

/** A model that gives the answers that it has got, and remembers what it was asked. */
function fakeModel({ BaseChatModel, AIMessage, AIMessageChunk, ChatGenerationChunk }) {
  return class Fake extends BaseChatModel {
    constructor(answers, fields = {}) {
      super(fields);
      this.answers = [...answers];
      this.asked = [];
    }

    _llmType() {
      return 'fake';
    }

    bindTools(tools) {
      return this.withConfig({ tools });
    }

    getLsParams() {
      return { ls_provider: 'fake', ls_model_name: 'fake-1', ls_temperature: 0.5 };
    }

    invocationParams(options) {
      return { tools: options?.tools?.map(({ name }) => ({ type: 'function', name })) };
    }

    next(messages) {
      this.asked.push(messages.at(-1).content);
      const answer = this.answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    }

    async _generate(messages) {
      await new Promise(setImmediate);
      const answer = this.next(messages);
      const message = new AIMessage(answer);
      return { generations: [{ message, text: message.content }], llmOutput: {} };
    }

    async *_streamResponseChunks(messages, _options, runManager) {
      const { content, usage_metadata, cut, ...rest } = this.next(messages);
      const last = content.length - 1;
      for (const [index, text] of [...content].entries()) {
        if (cut && index === 2) throw cut;
        const more = index === last ? { usage_metadata, ...rest } : {};
        const message = new AIMessageChunk({ content: text, ...more });
        const chunk = new ChatGenerationChunk({ text, message });
        yield chunk;
        await runManager?.handleLLMNewToken(text, undefined, undefined, undefined, undefined, {
          chunk,
        });
      }
    }
  };
}

/** An answer with tokens. */
export const answer = (content, input = 3, output = 2, more = {}) => ({
  content,
  usage_metadata: { input_tokens: input, output_tokens: output, total_tokens: input + output },
  ...more,
});

/** An answer that asks for tools. */
export const asks = (...calls) =>
  answer('', 3, 2, { tool_calls: calls.map(([name, args, id]) => ({ name, args, id })) });

/** Starts a platform on this machine, which keeps the traces that it gets. */
export async function startPlatform() {
  const { bodies: traces, options, environment, url, stop } = await startReceiver();
  const client = new InfiniumClient(options);
  return {
    client,
    url,
    environment,
    /** @returns the traces since the last call, in the order of their arrival */
    async take() {
      await client.flush();
      return traces.splice(0);
    },
    get count() {
      return traces.length;
    },
    async stop() {
      await client.close();
      stop();
    },
  };
}

/** A trace as lines: the number, kind and name of each step, below its parent. */
export function tree(trace) {
  const lines = [trace.name];
  const show = (parent, indent) => {
    for (const step of trace.steps.slice(1)) {
      if (step.metadata?.parent_step !== parent) continue;
      lines.push(`${indent}${step.step_number} ${step.action} ${step.description}`);
      show(step.step_number, `${indent}  `);
    }
  };
  show(undefined, '  ');
  return lines;
}

/** The steps of a kind. */
export const steps = (trace, action) => trace.steps.filter((step) => step.action === action);

export async function readAll(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

/** @returns the error that a call rejects with */
export const failure = (promise) =>
  promise.then(
    () => assert.fail('it did not fail'),
    (error) => error,
  );
