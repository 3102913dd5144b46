// Clients that another package observes, too: the small ones of such packages. `npm run test:vendors` has the others.
import { metrics } from '@opentelemetry/api';
import { collectSpans } from '../support/spans';
import { openaiSubject } from '../support/subjects';
import { useProvider } from '../support/watching';
import { checkOrders, type Wrapper } from '../support/wrappers';

const use = useProvider();
const { provider, recorded } = collectSpans();

const langfuse: Wrapper = {
  name: 'langfuse',
  packageName: '@langfuse/openai',
  appliedAs: '`observeOpenAI()`',
  wrap: (client) => require('@langfuse/openai').observeOpenAI(client),
  recorded,
};

const langsmithRuns: string[] = [];
const langsmith: Wrapper = {
  name: 'langsmith',
  packageName: 'langsmith',
  appliedAs: '`wrapOpenAI()`',
  wrap(client) {
    const { wrapOpenAI } = require('langsmith/wrappers');
    const collector = {
      createRun: async (run: any) => void langsmithRuns.push(run.name),
      updateRun: async (_id: string, run: any) => void langsmithRuns.push(`end ${run.error}`),
    };
    return wrapOpenAI(client, { client: collector, tracingEnabled: true });
  },
  async recorded() {
    await recorded();
    return langsmithRuns.splice(0);
  },
};

const { OpenAIInstrumentation } = require('@opentelemetry/instrumentation-openai');
const instrumentation = new OpenAIInstrumentation();
instrumentation.setTracerProvider(provider);
instrumentation.setMeterProvider(metrics.getMeterProvider());
const [definition] = instrumentation.init();
const opentelemetry: Wrapper = {
  name: 'OpenTelemetry',
  packageName: '@opentelemetry/instrumentation-openai',
  appliedAs: 'instrumentation of the module',
  wrap(client, module) {
    definition.patch(module);
    return client;
  },
  unwrap: (module) => definition.unpatch(module),
  recorded,
};

const pairs: [Wrapper, string][] = [
  [langfuse, 'openai'],
  [langfuse, 'openai-6'],
  [langsmith, 'openai'],
  [langsmith, 'openai-6'],
  [opentelemetry, 'openai-6'],
];
for (const [wrapper, name] of pairs) {
  describe(`${wrapper.name} beside ${name}`, () =>
    checkOrders(use, wrapper, openaiSubject(use, name)));
}
