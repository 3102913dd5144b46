// A platform on this machine that keeps the traces it gets, a client of it, and short forms of traces.
import { AsyncInfiniumClient } from 'infinium-o2';
import { startReceiver } from './receiver.mjs';

export async function startPlatform() {
  const { bodies: traces, options, environment: env, stop } = await startReceiver();
  const client = new AsyncInfiniumClient({ ...options, retryDelay: 1 });
  return {
    client,
    /** For a program that makes its own client. */
    env,
    traces,
    /** The traces so far, once they have arrived. */
    async sent() {
      await client.flush();
      return traces.splice(0);
    },
    async stop() {
      await client.close({ timeout: 0 });
      stop();
    },
  };
}

/** A trace as a short text: each step under its parent. */
export function outline({ steps }) {
  const children = new Map();
  for (const step of steps) {
    if (step.step_number === 1) continue;
    const parent = step.metadata?.parent_step ?? 1;
    children.set(parent, [...(children.get(parent) ?? []), step]);
  }
  const write = (number, indent) =>
    (children.get(number) ?? []).flatMap((step) => [
      `${indent}${step.action} ${step.description}${(step.error ?? step.tool_call?.error) ? ' !' : ''}`,
      ...write(step.step_number, `${indent}  `),
    ]);
  return write(1, '');
}

export const steps = (trace, action) => trace.steps.filter((step) => step.action === action);
