import { isAsyncFunction, isGeneratorFunction } from 'node:util/types';
import { atCaller } from '../bridge/failure';
import { MAX_INPUT_SUMMARY } from '../bridge/limits';
import { run, TraceScope } from './context';
import { deliver } from './deliver';
import type { AnyFunction } from './function';
import { observe } from './observe';
import { Recording } from './recording';
import { headroomFor } from './sanitize';
import { summarizeArguments } from './summarize';
import { readFunction, readTraceOptions, type TraceSettings } from './trace-options';

/**
 * Wraps a function so that each call becomes a trace. Without a function, returns a decorator for one. Generators
 * and classes are returned unchanged.
 *
 * @param options the options, or the function
 * @throws {ValidationError} `field` names the argument or option
 */
export function trace(client: object, name: unknown, options?: unknown, fn?: unknown): any {
  if (typeof options === 'function')
    return wrap(client, readTraceOptions(name, null), readFunction(options));
  const settings = readTraceOptions(name, options);
  if (fn === undefined) {
    return function traced(target: unknown) {
      try {
        return wrap(client, settings, readFunction(target));
      } catch (error) {
        throw atCaller(error, traced);
      }
    };
  }
  return wrap(client, settings, readFunction(fn));
}

/** Returns a proxy, which has the name, the length and all other properties of the function. */
function wrap(client: object, settings: TraceSettings, fn: AnyFunction): AnyFunction {
  if (isGeneratorFunction(fn) || isClass(fn)) return fn;
  const observing = { isFresh: isAsyncFunction(fn) };
  return new Proxy(fn, {
    apply(target, self, args) {
      const recording = begin(client, settings, args);
      if (!recording) return Reflect.apply(target, self, args);
      let result: unknown;
      try {
        result = run(recording.scope, () => Reflect.apply(target, self, args));
      } catch (error) {
        recording.fail(error);
        throw error;
      }
      return observe(result, recording, observing);
    },
  });
}

function isClass(fn: AnyFunction): boolean {
  return /^class(?!\s*\()\b/.test(Function.prototype.toString.call(fn));
}

/** @param args read immediately, because the function may change them */
function begin(client: object, settings: TraceSettings, args: unknown[]): Recording | undefined {
  try {
    const input = settings.captureInput
      ? summarizeArguments(args, headroomFor(settings.redact) * MAX_INPUT_SUMMARY)
      : undefined;
    return new Recording(settings, new TraceScope(), input, (task) =>
      deliver(client, settings, task),
    );
  } catch {
    // The call is more important than its trace.
    return undefined;
  }
}
