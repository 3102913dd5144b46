// Clients of OpenAI beside packages that are too large for the other tests.
import { metrics } from '@opentelemetry/api';
import { collectSpans } from '../support/spans';
import { openaiSubject } from '../support/subjects';
import { useProvider } from '../support/watching';
import { checkOrders, type Wrapper } from '../support/wrappers';

const use = useProvider();
const { provider, recorded } = collectSpans();

/** An instrumentation of OpenTelemetry, which patches the classes of a module. */
function instrumentation(name: string, packageName: string): Wrapper {
  const { OpenAIInstrumentation } = require(packageName);
  const created = new OpenAIInstrumentation();
  created.setTracerProvider(provider);
  created.setMeterProvider(metrics.getMeterProvider());
  return {
    name,
    packageName,
    appliedAs: 'instrumentation of the module',
    wrap(client, module) {
      created.patch(module);
      return client;
    },
    unwrap: (module) => created.unpatch(module),
    recorded,
  };
}

const openinference: Wrapper = {
  ...instrumentation('OpenInference', '@arizeai/openinference-instrumentation-openai'),
  readsAll: true,
};
const traceloop = instrumentation('OpenLLMetry', '@traceloop/instrumentation-openai');

const events: string[] = [];
const posthog: Wrapper = {
  name: 'posthog',
  packageName: '@posthog/ai',
  appliedAs: '`OpenAI`, a class of its own',
  makesItsOwn: true,
  wrap(client) {
    const { OpenAI } = require('@posthog/ai/openai');
    const collector = {
      capture: ({ event, properties }: any) =>
        events.push(`${event} ${properties.$ai_http_status} ${properties.$ai_output_tokens}`),
      options: {},
    };
    const { apiKey, baseURL, maxRetries, logLevel, fetch } = client;
    return new OpenAI({ apiKey, baseURL, maxRetries, logLevel, fetch, posthog: collector });
  },
  recorded: async () => events.splice(0),
};

const braintrust: Wrapper = {
  name: 'braintrust',
  packageName: 'braintrust',
  appliedAs: '`wrapOpenAI()`',
  wrap: (client) => require('braintrust').wrapOpenAI(client),
  async recorded() {
    await logger.flush();
    const rows = await logger.drain();
    return rows
      .filter((row: any) => row.span_attributes)
      .map((row: any) => row.span_attributes.name);
  },
};
let logger: any;
beforeAll(async () => {
  const { initLogger, _exportsForTestingOnly } = require('braintrust');
  _exportsForTestingOnly.setInitialTestState();
  await _exportsForTestingOnly.simulateLoginForTests();
  logger = _exportsForTestingOnly.useTestBackgroundLogger();
  initLogger({ projectName: 'tests', projectId: 'tests' });
});

const pairs: [Wrapper, string][] = [
  [openinference, 'openai'],
  [openinference, 'openai-6'],
  [traceloop, 'openai-6'],
  [posthog, 'openai-6'],
  [braintrust, 'openai'],
  [braintrust, 'openai-6'],
];
for (const [wrapper, name] of pairs) {
  describe(`${wrapper.name} beside ${name}`, () =>
    checkOrders(use, wrapper, openaiSubject(use, name)));
}
