// The documented batch usage, from an agent to a platform, on this machine.
import { run, startPlatform } from './run.mjs';
import { setup } from './setup.mjs';

setup();

const given = process.env.INFINIUM_BASE_URL;
const platform = given ? undefined : await startPlatform();
const environment = {
  INFINIUM_AGENT_ID: process.env.INFINIUM_AGENT_ID ?? '00000000-0000-4000-8000-000000000000',
  INFINIUM_AGENT_SECRET: process.env.INFINIUM_AGENT_SECRET ?? 'a-secret-for-this-machine',
  INFINIUM_BASE_URL: given ?? platform?.url,
};
console.log('');
run('node', ['examples/batch.mjs'], environment);

if (platform) {
  const answer = await fetch(new URL('/local/traces', platform.url));
  const traces = /** @type {any[]} */ (await answer.json());
  console.log('\nThe platform stored:\n');
  console.table(
    traces.map(({ body }) => ({
      trace: body.name,
      milliseconds: Number((body.duration * 1000).toFixed(3)),
      tokens: body.llm_usage.prompt_tokens + body.llm_usage.completion_tokens,
      summary: `${body.output_summary.slice(0, 40)}…`,
    })),
  );
  await platform.stop();
}
console.log('Look at examples/batch.mjs for the code, and at README.md for the rest.');
console.log('To look at traces in a browser: cargo run -p infinium-local -- --port 8080');
