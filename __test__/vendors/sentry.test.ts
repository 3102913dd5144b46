// Clients that Sentry wraps.
import { anthropicSubject, genaiSubject, openaiSubject } from '../support/subjects';
import { useProvider } from '../support/watching';
import { checkOrders, type Subject, type Wrapper } from '../support/wrappers';

const use = useProvider();
const Sentry = require('@sentry/node');

const spans: string[] = [];
Sentry.init({
  dsn: 'http://key@127.0.0.1:9/1',
  tracesSampleRate: 1,
  defaultIntegrations: false,
  transport: () => ({ send: async () => ({}), flush: async () => true }),
});
Sentry.getClient().on('spanEnd', (span: object) => {
  const { description, status } = Sentry.spanToJSON(span);
  spans.push(`${description} ${status}`);
});
afterAll(() => Sentry.close());

const sentry = (method: string): Wrapper => ({
  name: 'Sentry',
  packageName: '@sentry/node',
  appliedAs: `\`${method}()\``,
  wrap: (client) => Sentry[method](client),
  recorded: async () => spans.splice(0),
});

const pairs: [string, Subject][] = [
  ['instrumentOpenAiClient', openaiSubject(use, 'openai')],
  ['instrumentOpenAiClient', openaiSubject(use, 'openai-6')],
  ['instrumentAnthropicAiClient', anthropicSubject(use, '@anthropic-ai/sdk')],
  ['instrumentAnthropicAiClient', anthropicSubject(use, 'anthropic-0')],
  ['instrumentGoogleGenAIClient', genaiSubject(use, '@google/genai')],
  ['instrumentGoogleGenAIClient', genaiSubject(use, 'google-genai-2')],
];
for (const [method, subject] of pairs) {
  describe(`${method} beside ${subject.name}`, () => checkOrders(use, sentry(method), subject));
}
