// For `exactOptionalPropertyTypes`: what a provider did not say may be passed on as it is.
import { InfiniumClient, TraceBuilder } from 'infinium-o2';

export function passOn(tokens: number | undefined, signal: AbortSignal | undefined) {
  const step = new TraceBuilder('a', 'b')
    .step('c', 'd')
    .recordLlmCall('e', { promptTokens: tokens });
  step.end();
  const client = new InfiniumClient({ baseUrl: undefined });
  const fields = { name: 'a', description: 'b', duration: 1, outcome: undefined };
  return client.sendTask({ ...fields, llmUsage: { totalTokens: tokens } }, { signal });
}
