import { invalid } from '../../bridge/invalid';
import { warnOfUnknown } from '../../bridge/unknown-options';
import type { CallRecord } from '../../trace/call-record';
import { nonEmptyString } from '../../watch/facts';
import { guard } from '../../watch/guard';
import { followIterator } from '../../watch/iterator';
import { replaceMethod } from '../../watch/patch';
import { Recorder, refuseClient } from '../common';
import { QueryRun } from './run';

const OPTIONS = ['client', 'captureContent', 'name'];
/** The name of a run whose agent has none. */
const UNNAMED = 'Claude Agent';

/** Queries and functions that are watched. */
const watched = new WeakSet<object>();

interface Settings {
  recorder: Recorder;
  name: string | undefined;
}

/**
 * Records the queries of the Claude Agent SDK.
 *
 * @param target the function `query`, of which another one is returned, or a running query, which stays the same object
 * @throws {ValidationError} `target` or an option is wrong
 */
export function watchQuery(target: any, options?: any): any {
  const settings = readOptions(options);
  if (typeof target === 'function') return watchFunction(target, settings);
  if (typeof target?.[Symbol.asyncIterator] !== 'function') {
    invalid('query', `must be the function query, or what it returns (got ${typeof target})`);
  }
  if (watched.has(target)) return target;
  const run = start(settings, undefined);
  return run ? follow(target, run) : target;
}

function watchFunction(query: any, settings: Settings): any {
  if (watched.has(query)) return query;
  const proxy = new Proxy(query, {
    apply(target, self, values) {
      const call = () => Reflect.apply(target, self, values);
      const run = start(settings, values[0]);
      if (!run) return call();
      let started: unknown;
      try {
        // Tools of the user's own process are called in the context in which the query begins.
        started = run.root.run(call);
      } catch (error) {
        guard(() => run.end({ error }));
        throw error;
      }
      return follow(started, run);
    },
  });
  watched.add(proxy);
  return proxy;
}

/** @param params those of `query`, if it is called now */
function start({ recorder, name }: Settings, params: any): QueryRun | undefined {
  return guard(() => {
    const prompt = typeof params?.prompt === 'string' ? params.prompt : undefined;
    const agent = nonEmptyString(params?.options?.agent);
    const root = recorder.start({ name: name ?? agent ?? UNNAMED, input: prompt });
    return root && new QueryRun(root, prompt);
  });
}

/** Ends the runs of queries that were dropped before their end. */
const abandoned = new FinalizationRegistry<QueryRun>((run) => guard(() => run.end()));

function follow(query: any, run: QueryRun): any {
  guard(() => {
    watched.add(query);
    // All ways to read a query lead to this one iterator.
    const iterator = query[Symbol.asyncIterator]();
    const record = { end: () => run.end(), fail: (error: unknown) => run.end({ error }) };
    followIterator(iterator, record as CallRecord, (message) => run.see(message));
    replaceMethod(query, 'interrupt', (call) => {
      guard(() => run.interrupted());
      return call();
    });
    replaceMethod(query, 'close', (call) => {
      const result = call();
      guard(() => run.end());
      return result;
    });
    abandoned.register(iterator, run);
  });
  return query;
}

/** @throws {ValidationError} */
function readOptions(options: any): Settings {
  if (options === undefined || options === null) {
    return { recorder: new Recorder('Claude Agent SDK', undefined, undefined), name: undefined };
  }
  if (typeof options !== 'object') {
    invalid('options', `must be an object (got ${typeof options})`);
  }
  refuseClient(options);
  warnOfUnknown(options, OPTIONS);
  const { client, captureContent, name } = options;
  if (name !== undefined && name !== null && nonEmptyString(name) === undefined) {
    invalid('name', `must be a non-empty string (got ${typeof name})`);
  }
  const recorder = new Recorder('Claude Agent SDK', client, { captureContent });
  return { recorder, name: name ?? undefined };
}
