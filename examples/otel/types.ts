// The processor and the export fit all versions of the SDK.
import type * as sdk3 from '@opentelemetry/sdk-trace';
import type * as sdk2 from '@opentelemetry/sdk-trace-base';
import { InfiniumClient } from 'infinium-o2';
import { exportToOtel, InfiniumSpanProcessor } from 'infinium-o2/otel';
import type * as sdk1 from 'otel-1';

const client = new InfiniumClient();
const processor = new InfiniumSpanProcessor(client, { captureContent: true });
export const processors: [sdk1.SpanProcessor, sdk2.SpanProcessor, sdk3.SpanProcessor] = [
  processor,
  processor,
  processor,
];
declare const providers: (sdk1.BasicTracerProvider | sdk2.BasicTracerProvider)[];
for (const provider of providers) exportToOtel(client, provider)();
