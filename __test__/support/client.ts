// Clients and tasks that most tests need.
import { AsyncInfiniumClient, type ClientConfig, InfiniumClient, type TaskData } from 'infinium-o2';
import type { Server } from './http';

export const agentId = '3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e';
export const agentSecret = 'golden-secret-0123456789';

/** Options of a client that waits for nothing longer than it must. */
export function options(baseUrl: string, more: ClientConfig = {}): ClientConfig {
  return { agentId, agentSecret, baseUrl, retryDelay: 1, enableRateLimiting: false, ...more };
}

const open = new Set<InfiniumClient | AsyncInfiniumClient>();

function opened<T extends InfiniumClient | AsyncInfiniumClient>(client: T): T {
  open.add(client);
  return client;
}

/** A client that sends batches one task at a time. `useServer` closes it after the test. */
export function sequential(baseUrl: string, more?: ClientConfig): InfiniumClient {
  return opened(new InfiniumClient(options(baseUrl, more)));
}

/** A client that sends batches concurrently. `useServer` closes it after the test. */
export function concurrent(baseUrl: string, more?: ClientConfig): AsyncInfiniumClient {
  return opened(new AsyncInfiniumClient(options(baseUrl, more)));
}

/** Closes the clients of the two functions above, whatever they still have to do. */
export async function closeClients(): Promise<void> {
  const clients = [...open];
  open.clear();
  await Promise.all(clients.map((client) => client.close({ timeout: 0 })));
}

/** A task that is right. */
export function task(more: Record<string, unknown> = {}): TaskData {
  const base = {
    name: 'Name',
    description: 'About',
    currentDatetime: '2026-11-23T09:30:00.000Z',
    duration: 2.4,
  };
  return { ...base, ...more } as TaskData;
}

/** That many tasks with different names. */
export function tasks(count: number): TaskData[] {
  return Array.from({ length: count }, (_, index) => task({ name: `Task ${index}` }));
}

/** The body in which a task with these fields arrives at a server. */
export async function sentBody(
  server: Server,
  client: InfiniumClient,
  fields: Record<string, unknown>,
): Promise<any> {
  await client.sendTaskData(task(fields));
  return server.bodies.at(-1);
}

/** What a promise was rejected with. */
export async function failure(promise: Promise<unknown>): Promise<any> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`it did not fail: ${JSON.stringify(value)}`);
}

/** Keeps the thread busy. */
export function spin(milliseconds: number): void {
  const began = process.hrtime.bigint();
  while (Number(process.hrtime.bigint() - began) < milliseconds * 1e6);
}
