import { type IntegrationOptions, Recorder } from '../common';
import { listen } from './channel';
import { createHooks, type Hooks } from './hooks';
import { Tracer } from './tracer';

export { install } from './register';

interface Options extends IntegrationOptions {
  client?: object;
}

/**
 * Records the runs of the AI SDK: what `registerTelemetry` of version 7 takes, with a `tracer` for versions 5 and 6.
 *
 * @throws {ValidationError} `client` or `captureContent` is wrong
 */
export function infiniumTelemetry(options?: Options | null): Hooks & { tracer: Tracer } {
  const recorder = new Recorder('AI SDK', options?.client, options);
  listen();
  return Object.assign(createHooks(recorder), { tracer: new Tracer(recorder) });
}
