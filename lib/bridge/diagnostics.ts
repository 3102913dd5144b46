import { type Channel, channel } from 'node:diagnostics_channel';
import type { NativeClient } from './native';

/** Where each settled task is published. */
const deliveries: Channel = channel('infinium:delivery');

/** The clients whose tasks are published. */
const observed = new WeakSet<NativeClient>();

/** Called before a task is handed over. Tasks that nobody subscribes to cost nothing. */
export function followSubscribers(native: NativeClient): void {
  const { hasSubscribers } = deliveries;
  if (hasSubscribers === observed.has(native)) return;
  if (hasSubscribers) observed.add(native);
  else observed.delete(native);
  native.observe(hasSubscribers);
}

/** Publishes a settled task. Node.js reports the errors of subscribers as uncaught, but none comes back here. */
export function publishDelivery(json: string): void {
  if (deliveries.hasSubscribers) deliveries.publish(JSON.parse(json));
}
