// Sends a batch of traces: one for each document that was summarised.
//
// Without INFINIUM_BASE_URL it sends to the hosted platform and needs INFINIUM_AGENT_ID and
// INFINIUM_AGENT_SECRET. `npm run demo` runs it against a platform on this machine.
import { readdirSync, readFileSync } from 'node:fs';
import { BatchError, InfiniumClient } from 'infinium-o2';

const folder = new URL('documents/', import.meta.url);

/** Stands for a language model: the first and the longest sentence, and a count of words. */
function summarize(/** @type {string} */ text) {
  const sentences = text.replace(/\s+/g, ' ').match(/[^.!?]+[.!?]+/g) ?? [text];
  const [first, ...others] = sentences.map((sentence) => sentence.trim());
  const longest = others.sort((a, b) => b.length - a.length)[0] ?? '';
  const summary = `${first} ${longest}`.trim();
  const words = (/** @type {string} */ part) => part.split(/\s+/).length;
  return { summary, usage: { prompt_tokens: words(text), completion_tokens: words(summary) } };
}

const documents = readdirSync(folder).map((file) => {
  const [title, source, ...lines] = readFileSync(new URL(file, folder), 'utf8').split('\n');
  const started = performance.now();
  const { summary, usage } = summarize(lines.join('\n').trim());
  return { title, source, summary, usage, duration: (performance.now() - started) / 1000 };
});

const client = new InfiniumClient();

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
} catch (error) {
  if (!(error instanceof BatchError)) throw error;
  console.error(`Batch failed: ${error.failedTasks}/${error.totalTasks}`);
  for (const problem of error.errors) console.error(` - ${problem}`);
  process.exitCode = 1;
}
await client.close();
