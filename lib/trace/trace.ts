import { lazy } from '../bridge/lazy';
import { MAX_INPUT_SUMMARY } from '../bridge/limits';
import { emit } from '../bridge/logging';
import { settingsOf } from '../bridge/settings';
import type { TraceScope } from './context';
import { CurrentTrace } from './current-trace';
import { deliver } from './deliver';
import type { AnyFunction } from './function';
import { imitate } from './imitate';
import { observersOf } from './observers';
import { toText } from './read';
import { Recording, type RecordingSettings } from './recording';
import { summarizeArguments } from './summarize';
import { readFunction, readTraceOptions, TRACE_OPTIONS, type TraceSettings } from './trace-options';
import { wrapper } from './wrapper';

const unknown = lazy(
  () => require('../bridge/unknown-options') as typeof import('../bridge/unknown-options'),
);

/**
 * Wraps a function so that each call becomes a trace. Without a function, returns a decorator for one. Classes are
 * returned unchanged.
 *
 * @param options the options, or the function
 * @throws {ValidationError} `field` names the argument or option
 */
export function trace(client: object, name: unknown, options?: unknown, fn?: unknown): any {
  if (typeof options === 'function')
    return wrap(client, readTraceOptions(name, null), readFunction(options));
  const settings = readTraceOptions(name, options);
  if (options && !settingsOf(client).quiet) unknown().warnOfUnknown(options, TRACE_OPTIONS);
  return fn === undefined
    ? wrapper((target) => wrap(client, settings, target))
    : wrap(client, settings, readFunction(fn));
}

function wrap(client: object, settings: TraceSettings, fn: AnyFunction): AnyFunction {
  // Once for all calls: it would take a third of the time of an empty trace.
  const complete = completeSettings(client, settings);
  return imitate(fn, (args) => {
    try {
      return begin(client, complete, args);
    } catch {
      // The call is more important than its trace.
      return undefined;
    }
  });
}

/** Adds to the options of a trace what its client says. */
export function completeSettings(client: object, settings: TraceSettings): RecordingSettings {
  const { environment, prices } = settingsOf(client);
  return { ...settings, environment, prices };
}

/** Begins to record a call whose arguments these are. Its trace is delivered when it is over. */
export function begin(client: object, settings: RecordingSettings, args: unknown[]): Recording {
  const recording: Recording = new Recording(
    settings,
    (headroom) =>
      settings.captureInput ? summarizeArguments(args, headroom * MAX_INPUT_SUMMARY) : undefined,
    (task) => deliver(client, settings, task, recording.scope),
  );
  label(recording.scope, settings, args);
  for (const observer of observersOf(client)) observer.began(recording.scope);
  return recording;
}

/**
 * Delivers a trace that others have recorded, by a clock of theirs.
 *
 * @param errors what the operation of the trace has thrown
 */
export function deliverRecorded(
  client: object,
  settings: TraceSettings,
  scope: TraceScope,
  { durationMs, errors }: { durationMs: number; errors: unknown[] },
): void {
  const { environment, prices } = settingsOf(client);
  const recording = new Recording(
    { ...settings, environment, prices },
    () => undefined,
    (task) => deliver(client, settings, task, scope),
    scope,
  );
  label(scope, settings, []);
  recording.complete(durationMs, errors);
}

/** Adds the tags that the options of the trace give. */
function label(
  scope: TraceScope,
  { name, tags, session, user }: TraceSettings,
  args: unknown[],
): void {
  if (tags === undefined && session === undefined && user === undefined) return;
  const handle = new CurrentTrace(scope);
  const set = (option: string, given: unknown, use: (value: any) => void) => {
    if (given === undefined) return;
    try {
      const value = typeof given === 'function' ? given(...Array.from(args)) : given;
      if (value !== undefined && value !== null) use(value);
    } catch (error) {
      emit('WARN', `${option} of trace '${name}' threw: ${toText(error)}`);
    }
  };
  set('tags', tags, (value) => handle.setTags(value));
  set('session', session, (value) => handle.setSession(value));
  set('user', user, (value) => handle.setUser(value));
}
