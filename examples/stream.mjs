// A watched stream: the trace records what was read of it, and the stream stays the provider's own.
//
// Needs INFINIUM_AGENT_ID, INFINIUM_AGENT_SECRET and, for a platform on this machine,
// INFINIUM_BASE_URL. Run it with: node examples/stream.mjs

import { AsyncInfiniumClient, watch } from 'infinium-o2';
import OpenAI from 'openai';
import { startFakeProvider } from './support/fake-provider.mjs';

const provider = await startFakeProvider();
const client = new AsyncInfiniumClient();
const openai = watch(new OpenAI({ apiKey: 'none', baseURL: provider.url }), {
  captureContent: true,
});

const tell = client.trace(
  'Tell a story',
  { description: 'Streams a story word by word' },
  async () => {
    const stream = await openai.chat.completions.create({
      model: 'gpt-4o-mini',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'Once upon a time there was a crab.' }],
    });
    for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
    process.stdout.write('\n');
  },
);

await tell();
await client.close();
await provider.stop();
console.log('Traced');
