// Sends a batch of traces, as documented, from an agent to a platform on this machine: `npm run demo`.
// With `npm run demo -- --keep`, the other examples run as well, and the platform keeps running: its page shows them.
import { once } from 'node:events';
import { startPlatform } from './platform.mjs';
import { run } from './run.mjs';
import { setup } from './setup.mjs';

setup();

const keep = process.argv.includes('--keep');
const platform = await startPlatform();
const example = (/** @type {string} */ name) =>
  run(process.execPath, [`examples/${name}.mjs`], {
    INFINIUM_AGENT_ID: 'demo-agent',
    INFINIUM_AGENT_SECRET: 'a-secret-for-this-machine',
    INFINIUM_BASE_URL: platform.url,
  });
console.log('');
example('batch');

const answer = await fetch(new URL('/local/traces', platform.url));
const traces = /** @type {any[]} */ (await answer.json());
console.log('\nWhat the platform stored:\n');
console.table(
  traces.map(({ body }) => ({
    trace: body.name,
    milliseconds: Number((body.duration * 1000).toFixed(3)),
    tokens: body.llm_usage.prompt_tokens + body.llm_usage.completion_tokens,
    summary: `${body.output_summary.slice(0, 40)}…`,
  })),
);

if (keep) {
  console.log('\nAgents with tools, with watch, and with a stream:\n');
  for (const name of ['agent', 'watch', 'stream']) example(name);
  console.log(`\nSee them at work: ${platform.viewer} (Ctrl-C stops the platform)`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
} else {
  console.log('\nTo view the traces in a browser: npm run demo -- --keep');
}
console.log('The code that sent them is examples/batch.mjs; README.md explains it.');
await platform.stop();
