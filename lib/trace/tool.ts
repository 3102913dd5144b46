import { lazy } from '../bridge/lazy';
import { current } from './context';
import type { AnyFunction } from './function';
import { imitate } from './imitate';
import { readOption } from './read-option';
import type { Running } from './running';
import { RunningStep, type StepSettings } from './running-step';
import { readFunction, readText } from './trace-options';
import { wrapper } from './wrapper';

const unknown = lazy(
  () => require('../bridge/unknown-options') as typeof import('../bridge/unknown-options'),
);

const OPTIONS = ['captureInput', 'captureOutput', 'description', 'metadata'];
const MAX_NAME = 500;

/** What the user has given. Without a description, a step has the name of its function. */
type Settings = Omit<StepSettings, 'description'> & { description: string | undefined };

/**
 * Wraps a function as a tool. Each call within a trace is a step of it; elsewhere the function is just called.
 *
 * @throws {ValidationError} `field` names the argument or option
 */
export function traceTool(name: unknown, options?: unknown, fn?: unknown): any {
  const tool = readText('name', name, MAX_NAME);
  return traceAs('tool_call', tool, options, fn);
}

/** The same for any other kind of step, such as `retrieval`. */
export function traceStep(action: unknown, options?: unknown, fn?: unknown): any {
  return traceAs(readText('action', action, MAX_NAME), undefined, options, fn);
}

function traceAs(action: string, tool: string | undefined, options: unknown, fn: unknown): any {
  const isFunction = typeof options === 'function';
  const given =
    readOption({ options: isFunction ? undefined : options }, 'options', 'object') ?? {};
  unknown().warnOfUnknown(given, OPTIONS);
  const settings: Settings = {
    action,
    tool,
    description: tool ?? readOption(given, 'description', 'string'),
    captureInput: readOption(given, 'captureInput', 'boolean'),
    captureOutput: readOption(given, 'captureOutput', 'boolean'),
    metadata: readOption(given, 'metadata', 'object'),
  };
  const wrap = (target: AnyFunction) => imitate(target, (args) => begin(settings, target, args));
  if (isFunction) return wrap(options as AnyFunction);
  return fn === undefined ? wrapper(wrap) : wrap(readFunction(fn));
}

function begin(settings: Settings, target: AnyFunction, args: unknown[]): Running | undefined {
  const scope = current();
  if (!scope) return undefined;
  try {
    const description = settings.description ?? (target.name || settings.action);
    return new RunningStep(scope, { ...settings, description }, args);
  } catch {
    // The call is more important than its step.
    return undefined;
  }
}
