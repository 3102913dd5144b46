import { onePerProcess } from '../../bridge/one-per-process';
import { Recorder } from '../common';
import { listen } from './channel';
import { createHooks } from './hooks';

const installed = onePerProcess('ai-sdk', () => ({}) as { hooks?: object });

/**
 * Records all runs of version 7, for `infinium-o2/register`: adds an integration to those that `registerTelemetry` has
 * registered, in the place where the SDK keeps them. It may be called before the SDK is loaded. Calls with integrations
 * of their own are left to these.
 */
export function install(): void {
  if (installed.hooks) return;
  installed.hooks = createHooks(new Recorder('AI SDK', undefined, undefined));
  listen();
  const holder = globalThis as { AI_SDK_TELEMETRY_INTEGRATIONS?: object[] };
  holder.AI_SDK_TELEMETRY_INTEGRATIONS ??= [];
  holder.AI_SDK_TELEMETRY_INTEGRATIONS.push(installed.hooks);
}
