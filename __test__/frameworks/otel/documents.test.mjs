// The code of the documents runs with OpenTelemetry.
import { testDocuments } from '../documents.mjs';

const SPAN = `provider.getTracer('test').startSpan('chat m', {
  attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' },
}).end();`;

await testDocuments('otel', {
  given: {
    BasicTracerProvider: "import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';",
    NodeTracerProvider: 'const NodeTracerProvider = BasicTracerProvider;',
    InfiniumClient: "import { InfiniumClient } from 'infinium-o2';",
    client: 'const client = new InfiniumClient();',
    provider: 'const provider = new BasicTracerProvider();',
  },
  use: (code) =>
    code.includes('SpanProcessor')
      ? `${SPAN}\nawait provider.forceFlush();`
      : "client.trace('t', () => 1)();",
});
