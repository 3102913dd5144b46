// Sends a batch of traces: one for each summarized document.
//
// `npm run demo` starts a platform on this machine and runs it. By hand:
//   cargo run -p infinium-local -- --port 8080
//   node examples/batch.mjs
// With INFINIUM_BASE_URL, INFINIUM_AGENT_ID and INFINIUM_AGENT_SECRET it sends to another platform.
import { readdirSync, readFileSync } from 'node:fs';
import { BatchError, InfiniumClient, NetworkError } from 'infinium-o2';

const folder = new URL('documents/', import.meta.url);

/**
 * Stands in for a language model: returns the first sentence and the longest other one, and counts words.
 *
 * @param {string} text
 */
function summarize(text) {
  const sentences = text.match(/\S.*?[.!?]["”)]*(?=\s+["“(]?\p{Lu}|$)/gsu) ?? [text];
  const [first, ...others] = sentences;
  const longest = others.sort((a, b) => b.length - a.length)[0] ?? '';
  const summary = `${first} ${longest}`.trim();
  const words = (/** @type {string} */ part) => part.split(/\s+/).length;
  return { summary, usage: { prompt_tokens: words(text), completion_tokens: words(summary) } };
}

const documents = readdirSync(folder).map((file) => {
  const [title, source, ...lines] = readFileSync(new URL(file, folder), 'utf8').split('\n');
  const started = performance.now();
  const { summary, usage } = summarize(lines.join(' ').trim());
  return { title, source, summary, usage, duration: (performance.now() - started) / 1000 };
});

const local = {
  baseUrl: 'http://127.0.0.1:8080/api/v1',
  agentId: 'example-agent',
  agentSecret: 'a-secret-for-this-machine',
  // A platform on this machine answers at once or not at all.
  maxRetries: 0,
};
const isLocal = !process.env.INFINIUM_BASE_URL;
const client = new InfiniumClient(isLocal ? local : {});

const tasks = documents.map((doc) => ({
  name: `Summarize: ${doc.title.slice(0, 60)}`,
  description: `2-sentence summary of '${doc.title}'`,
  currentDatetime: client.getCurrentIsoDatetime(),
  duration: doc.duration,
  inputSummary: `Document: ${doc.title} (${doc.source})`,
  outputSummary: doc.summary,
  llmUsage: {
    model: 'first-and-longest',
    provider: 'local',
    promptTokens: doc.usage.prompt_tokens,
    completionTokens: doc.usage.completion_tokens,
    apiCallsCount: 1,
  },
}));

try {
  const result = await client.sendBatch(tasks);
  console.log(`Sent ${result.successfulTasks}/${result.totalTasks} traces`);
  for (const problem of result.errors) console.error(problem);
  if (result.failedTasks > 0) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof BatchError)) throw error;
  console.error(`Batch failed: ${error.failedTasks}/${error.totalTasks}`);
  for (const problem of error.errors) console.error(` - ${problem}`);
  if (isLocal && error.cause instanceof NetworkError) {
    console.error(
      `Is there a platform at ${local.baseUrl}? \`npm run demo\` starts one and runs this;`,
    );
    console.error('one that stays: cargo run -p infinium-local -- --port 8080');
  }
  process.exitCode = 1;
}
await client.close();
