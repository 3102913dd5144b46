// For compilers that know `using`, with and without its types in the standard library.
import { InfiniumClient, TraceBuilder } from 'infinium-o2';

export async function disposes(): Promise<void> {
  await using client = new InfiniumClient();
  using step = new TraceBuilder('a', 'b').step('c', 'd');
  step.setInput(client.getCurrentIsoDatetime());
}
