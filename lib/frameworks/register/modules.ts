import Module from 'node:module';
import { CLASSES, lineFor, WRAP, withLine } from './instrument';

/** What is used of Node.js' module loader, of which older versions lack some. */
const loader = Module as unknown as {
  prototype: { _compile(content: string, file: string, format?: string): unknown };
  registerHooks?(hooks: object): unknown;
  register?(file: string, parent: string): unknown;
};

/**
 * Lets a function replace the classes of clients in the packages that the program loads from now on.
 *
 * @param wrap returns what takes the place of a class of a package
 * @param here the address of the file that is next to register-hooks.mjs
 */
export function hookModules(wrap: (made: unknown, of: string) => unknown, here: string): void {
  Object.defineProperty(globalThis, Symbol.for(WRAP), { value: wrap, configurable: true });
  const { _compile } = loader.prototype;
  loader.prototype._compile = function compile(content, file, format) {
    const line = file.includes('node_modules') && lineFor(file, content, format === 'module');
    return Reflect.apply(_compile, this, [line ? content + line : content, file, format]);
  };
  if (loader.registerHooks) {
    loader.registerHooks({
      load: (url: string, context: unknown, next: (url: string, context: unknown) => any) =>
        withLine(url, next(url, context)),
    });
  } else {
    loader.register?.('./register-hooks.mjs', here);
  }
}

/** The packages whose clients are watched. */
export const PACKAGES = Object.keys(CLASSES);
