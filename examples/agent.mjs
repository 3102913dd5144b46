// An agent with tools that writes its trace by hand, step by step, with TraceBuilder.
//
// Needs INFINIUM_AGENT_ID, INFINIUM_AGENT_SECRET and, for a platform on this machine,
// INFINIUM_BASE_URL. Run it with: node examples/agent.mjs

import { InfiniumClient, TraceBuilder } from 'infinium-o2';
import OpenAI from 'openai';
import { startFakeProvider } from './support/fake-provider.mjs';

const provider = await startFakeProvider();
const openai = new OpenAI({ apiKey: 'none', baseURL: provider.url });
const client = new InfiniumClient();

/** The one tool of this agent. */
const heights = new Map([['Mont Blanc', 4806]]);

/** @param {string} question */
function lookUp(question) {
  for (const [name, metres] of heights) {
    if (question.includes(name)) return `${name} is ${metres} m high.`;
  }
  throw new RangeError(`nothing is known about: ${question}`);
}

const question = 'How high is Mont Blanc?';
const trace = new TraceBuilder('Answer a question', `Answer with the tool: ${question}`)
  .setInputSummary(question)
  .setExpectedOutcome('A height in metres', { constraints: ['Use the tool'] });

/** @type {import('openai').OpenAI.Chat.ChatCompletionMessageParam[]} */
const messages = [{ role: 'user', content: question }];
const model = 'gpt-4o-mini';

const plan = await trace.step('llm_call', 'Choose a tool', async (step) => {
  const answer = await openai.chat.completions.create({
    model,
    messages,
    tools: [{ type: 'function', function: { name: 'look_up', parameters: {} } }],
  });
  step.setInput(question).recordLlmCall(model, {
    provider: 'openai',
    promptTokens: answer.usage?.prompt_tokens,
    completionTokens: answer.usage?.completion_tokens,
  });
  return answer.choices[0].message;
});

const call = plan.tool_calls?.[0];
if (call?.type !== 'function') throw new Error('the model asked for no tool');

const fact = trace.step('tool_use', `Call ${call.function.name}`, (step) => {
  const found = lookUp(JSON.parse(call.function.arguments).question);
  step.setInput(call.function.arguments).setOutput(found);
  step.recordToolCall(call.function.name, { inputSummary: question, outputSummary: found });
  return found;
});

const answer = await trace.step('llm_call', 'Put it into words', async (step) => {
  const result = await openai.chat.completions.create({
    model,
    messages: [{ role: 'user', content: `Say this kindly: ${fact}` }],
  });
  const text = result.choices[0].message.content ?? '';
  step.setOutput(text).recordLlmCall(model, {
    provider: 'openai',
    promptTokens: result.usage?.prompt_tokens,
    completionTokens: result.usage?.completion_tokens,
  });
  return text;
});

const result = await client.sendTaskData(
  trace.setOutputSummary(answer).setOutcome('success').build(),
);
console.log(answer);
console.log(`Trace ${result.data?.traceId}: ${result.message}`);

await client.close();
await provider.stop();
