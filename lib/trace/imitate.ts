import { types } from 'node:util';
import { enter, leave } from './context';
import type { AnyFunction } from './function';
import { observeAsyncGenerator, observeGenerator } from './generator';
import { observe } from './observe';
import type { Begin } from './running';

/** No parameter has this name, so its default value is always evaluated. */
const never: unique symbol = Symbol('never');

/**
 * Returns a function that calls another one and records each call. It passes for that function: it is of the same kind
 * (asynchronous, generator, constructor or not), and has the same text, properties and metadata. Classes are returned
 * unchanged.
 */
export function imitate(fn: AnyFunction, begin: Begin): AnyFunction {
  if (isClass(fn)) return fn;
  return disguise(createLike(fn, begin), fn);
}

function createLike(fn: AnyFunction, begin: Begin): AnyFunction {
  if (types.isGeneratorFunction(fn)) {
    return types.isAsyncFunction(fn) ? asyncGeneratorOf(fn, begin) : generatorOf(fn, begin);
  }
  if (types.isAsyncFunction(fn)) return asyncOf(fn, begin);
  // Arrow functions and methods cannot be constructed, and have no prototype.
  return Object.hasOwn(fn, 'prototype') ? constructorOf(fn, begin) : plainOf(fn, begin);
}

function isClass(fn: AnyFunction): boolean {
  return /^class(?!\s*\()\b/.test(Function.prototype.toString.call(fn));
}

// Each of these calls the function itself: a helper would cost a recursive function more of its stack.

function plainOf(fn: AnyFunction, begin: Begin): AnyFunction {
  return {
    traced(this: unknown, ...args: unknown[]): unknown {
      const running = begin(args);
      if (!running) return Reflect.apply(fn, this, args);
      const outer = enter(running.frame);
      let result: unknown;
      try {
        result = Reflect.apply(fn, this, args);
      } catch (error) {
        leave(outer);
        running.fail(error);
        throw error;
      }
      leave(outer);
      return observe(result, running);
    },
  }.traced;
}

function constructorOf(fn: AnyFunction, begin: Begin): AnyFunction {
  return function traced(this: unknown, ...args: unknown[]): unknown {
    if (new.target) return Reflect.construct(fn, args, new.target === traced ? fn : new.target);
    const running = begin(args);
    if (!running) return Reflect.apply(fn, this, args);
    const outer = enter(running.frame);
    let result: unknown;
    try {
      result = Reflect.apply(fn, this, args);
    } catch (error) {
      leave(outer);
      running.fail(error);
      throw error;
    }
    leave(outer);
    return observe(result, running);
  };
}

function asyncOf(fn: AnyFunction, begin: Begin): AnyFunction {
  return {
    async traced(this: unknown, ...args: unknown[]): Promise<unknown> {
      const running = begin(args);
      if (!running) return Reflect.apply(fn, this, args);
      let value: unknown;
      try {
        const outer = enter(running.frame);
        let promise: unknown;
        try {
          promise = Reflect.apply(fn, this, args);
        } finally {
          leave(outer);
        }
        value = await promise;
      } catch (error) {
        running.fail(error);
        throw error;
      }
      return running.succeed(value);
    },
  }.traced;
}

// A default value is evaluated when the function is called; the body of a generator only runs at the first `next`.

function generatorOf(fn: AnyFunction, begin: Begin): AnyFunction {
  return {
    *traced(
      this: unknown,
      ...{
        // biome-ignore lint/complexity/noArguments: the parameter has all of them
        [never]: inner = observeGenerator(fn, this, arguments, begin),
      }: any
    ): Generator {
      return yield* inner;
    },
  }.traced;
}

function asyncGeneratorOf(fn: AnyFunction, begin: Begin): AnyFunction {
  return {
    async *traced(
      this: unknown,
      ...{
        // biome-ignore lint/complexity/noArguments: the parameter has all of them
        [never]: inner = observeAsyncGenerator(fn, this, arguments, begin),
      }: any
    ): AsyncGenerator {
      return yield* inner;
    },
  }.traced;
}

/** Gives a function the properties, the text and the metadata of another. */
function disguise(traced: AnyFunction, fn: AnyFunction): AnyFunction {
  for (const key of Reflect.ownKeys(fn)) {
    const descriptor = Object.getOwnPropertyDescriptor(fn, key) as PropertyDescriptor;
    const own = Object.getOwnPropertyDescriptor(traced, key);
    if (!own || own.configurable) Object.defineProperty(traced, key, descriptor);
    else if (own.writable && 'value' in descriptor) (traced as any)[key] = descriptor.value;
  }
  originals.set(traced, fn);
  return Object.setPrototypeOf(traced, prototypeFor(fn));
}

/** The function behind each traced one. */
const originals = new WeakMap<object, AnyFunction>();

/** The prototypes of traced functions, by those of the functions behind them. */
const prototypes = new WeakMap<object, object>();

const { toString: textOf } = {
  toString(this: AnyFunction): string {
    let fn = this;
    for (let next = originals.get(fn); next; next = originals.get(fn)) fn = next;
    return Function.prototype.toString.call(fn);
  },
};

const text = { value: textOf, configurable: true };

function prototypeFor(fn: AnyFunction): object {
  // Metadata is found along the prototypes, also what is added later. But a function that is a prototype makes what
  // calls it slower, so without metadata no function becomes one.
  if ('getMetadata' in Reflect) return Object.create(fn, { toString: text });
  const parent = Object.getPrototypeOf(fn) ?? Function.prototype;
  const known = prototypes.get(parent);
  if (known) return known;
  const prototype = Object.create(parent, { toString: text });
  prototypes.set(parent, prototype);
  return prototype;
}
