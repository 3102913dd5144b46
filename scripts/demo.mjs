// Sends a batch of traces, as documented, from an agent to a platform on this machine: `npm run demo`.
// With `npm run demo -- --keep`, the platform keeps running so that you can view the traces in a browser.
import { once } from 'node:events';
import { startPlatform } from './platform.mjs';
import { run } from './run.mjs';
import { setup } from './setup.mjs';

setup();

const platform = await startPlatform();
console.log('');
run(process.execPath, ['examples/batch.mjs'], {
  INFINIUM_AGENT_ID: 'demo-agent',
  INFINIUM_AGENT_SECRET: 'a-secret-for-this-machine',
  INFINIUM_BASE_URL: platform.url,
});

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

if (process.argv.includes('--keep')) {
  console.log(`\nView the traces: ${platform.viewer} (Ctrl-C stops the platform)`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
} else {
  console.log('\nTo view the traces in a browser: npm run demo -- --keep');
}
console.log('The code that sent them is examples/batch.mjs; README.md explains it.');
await platform.stop();
