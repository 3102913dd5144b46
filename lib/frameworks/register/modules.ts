import { readFileSync } from 'node:fs';
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
  const { Bun } = globalThis as { Bun?: Bun };
  if (Bun?.plugin) {
    hookBun(Bun.plugin);
  } else if (loader.registerHooks) {
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

interface Loads {
  onLoad(where: { filter: RegExp }, load: (file: { path: string }) => object): void;
}

interface Bun {
  plugin?(plugin: { name: string; setup(loads: Loads): void }): unknown;
}

/** Files in packages that are ES modules whatever their package.json says. Bun breaks others that a plugin loads. */
const MODULE = '(\\.mjs|[\\\\/](esm|dist-es)[\\\\/].*\\.js)$';

/** Bun has hooks of its own. */
function hookBun(plugin: NonNullable<Bun['plugin']>): void {
  const names = PACKAGES.join('|').replaceAll('/', '[\\\\/]');
  const filter = new RegExp(`[\\\\/]node_modules[\\\\/](${names})[\\\\/].*?${MODULE}`);
  plugin({
    name: 'infinium-o2',
    setup(loads) {
      loads.onLoad({ filter }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        return { contents: source + (lineFor(path, source, true) ?? ''), loader: 'js' };
      });
    },
  });
}
