// Which clients watch() patches, and which it leaves as they are.
import { setupLogging, watch } from 'infinium-o2';
import { collectLog } from '../support/log';
import { ask, model, traced, useProvider, watchedOpenAI } from '../support/watching';

const use = useProvider();
const openai = () => watchedOpenAI(use.provider);

describe('recording', () => {
  it('leaves other clients alone, with one warning', () => {
    const lines = collectLog();
    const strange = Object.freeze({ chat: {} });
    expect(watch(strange)).toBe(strange);
    expect(watch(null)).toBe(null);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe(
      'watch() does not support this client (got Object). Supported: openai, @anthropic-ai/sdk, ' +
        '@google/genai, @google/generative-ai. It will not be traced.',
    );
    expect(lines[1]).toContain('(got null)');
    setupLogging();
  });

  it('leaves a frozen client as it is, and works', async () => {
    const { OpenAI } = require('openai');
    const client = new OpenAI({ apiKey: 'none', baseURL: `${use.provider.url}/v1` });
    Object.freeze(client.chat.completions);
    watch(client);
    const { steps } = await traced(() => client.chat.completions.create({ model, messages: ask }));
    expect(steps).toHaveLength(1);
  });

  it('patches one instance, and no other', async () => {
    openai();
    const { OpenAI } = require('openai');
    const other = new OpenAI({ apiKey: 'none', baseURL: `${use.provider.url}/v1` });
    const { steps } = await traced(() => other.chat.completions.create({ model, messages: ask }));
    expect(steps).toHaveLength(1);
  });

  it.each([[5], ['yes'], [{ captureContent: 1 }]])('refuses the options %j', (options: any) => {
    expect(() => watch({}, options)).toThrow(expect.objectContaining({ name: 'ValidationError' }));
  });
});
