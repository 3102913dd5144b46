// An agent that traces itself: `trace` wraps its function, `watch` records the calls of its model.
//
// Needs INFINIUM_AGENT_ID, INFINIUM_AGENT_SECRET and, for a platform on this machine,
// INFINIUM_BASE_URL. Run it with: node examples/watch.mjs

import { AsyncInfiniumClient, watch } from 'infinium-o2';
import OpenAI from 'openai';
import { startFakeProvider } from './support/fake-provider.mjs';

const provider = await startFakeProvider();
const client = new AsyncInfiniumClient();
const openai = watch(new OpenAI({ apiKey: 'none', baseURL: provider.url }));

const translate = client.trace('Translate', async (/** @type {string} */ text) => {
  const draft = await openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: `To French: ${text}` }],
  });
  const review = await openai.chat.completions.create({
    model: 'gpt-4o',
    temperature: 0,
    messages: [{ role: 'user', content: `Improve: ${draft.choices[0].message.content}` }],
  });
  return review.choices[0].message.content;
});

console.log(await translate('Good morning'));

// The trace is sent in the background; this waits until it has arrived.
await client.close();
await provider.stop();
console.log('Traced');
