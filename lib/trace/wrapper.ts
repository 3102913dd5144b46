import { atCaller } from '../bridge/failure';
import type { AnyFunction } from './function';
import { readFunction } from './trace-options';

/**
 * Returns a function that wraps functions. It is also a decorator of methods and of fields with functions: a standard
 * one, and one of TypeScript's `experimentalDecorators`.
 *
 * @throws {ValidationError} when it is called with anything else
 */
export function wrapper(wrap: (fn: AnyFunction) => AnyFunction): any {
  return function traced(target: unknown, context?: any, descriptor?: any): unknown {
    try {
      // `experimentalDecorators` pass the class or its prototype, the name, and the descriptor.
      if (typeof descriptor === 'object' && descriptor !== null && 'value' in descriptor) {
        return { ...descriptor, value: wrap(readFunction(descriptor.value)) };
      }
      if (context?.kind === 'field') {
        return (value: unknown) =>
          typeof value === 'function' ? wrap(value as AnyFunction) : value;
      }
      return wrap(readFunction(target));
    } catch (error) {
      throw atCaller(error, traced);
    }
  };
}
