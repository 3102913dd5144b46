// Bundles the integrations of lib/frameworks/: one file each, and one for what they share, dist/frameworks.js. None of
// them contains a copy of a module of the main bundle: that would have state of its own. They get such modules from it.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { build, transform } from 'esbuild';
import { root } from './run.mjs';

const lib = path.join(root, 'lib');
const frameworks = path.join(lib, 'frameworks');
const common = path.join(frameworks, 'common');

/** The symbol under which the main bundle has a function that returns its modules. */
const MODULES = "Symbol.for('infinium-o2.modules')";

/** The beginning of an integration: a function that hands out the modules of the main bundle. */
const FIRST_LINE = `"use strict";const __main=require('./index.js')[${MODULES}];`;

/** The names of the entries: the folders that have an index.ts. */
export function findFrameworks() {
  return readdirSync(frameworks)
    .filter((name) => name !== 'common' && existsSync(path.join(frameworks, name, 'index.ts')))
    .sort();
}

/**
 * Resolves imports of modules that another bundle has.
 *
 * @param {Set<string>} used gets the names of those of the main bundle, such as `trace/context`
 * @param {boolean} isCommon whether the bundle is the one of what integrations share
 * @returns {import('esbuild').Plugin}
 */
function shared(used, isCommon) {
  const siblings = new Set(findFrameworks());
  return {
    name: 'shared',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path: name, resolveDir, kind }) => {
        if (kind === 'entry-point') return undefined;
        const file = path.resolve(resolveDir, name);
        if (isCommon === false && file.startsWith(common)) {
          return { path: './frameworks.js', external: true };
        }
        const sibling = path.relative(frameworks, file);
        if (siblings.has(sibling)) return { path: `./${sibling}.js`, external: true };
        if (file.startsWith(frameworks)) return undefined;
        const found = path.relative(lib, file).split(path.sep).join('/');
        used.add(found);
        return { path: `main:${found}`, external: true };
      });
    },
  };
}

/** The imports and exports of a bundle, as esbuild writes them. */
const IMPORT = /(?<=^|[;}\n])import\b([^"';]*?)from\s*"([^"]+)";/g;
const EXPORT = /(?<=^|[;}\n])export\s*\{([^}]+)\};/g;
const LEFT = /(?<=^|[;}\n])(import|export)\b[^(].{0,60}/;

/**
 * Turns an ES module into one of CommonJS. What is imported are constants: with the getters that esbuild would write
 * for them, each use takes a property of two objects, and a third of the file is names.
 *
 * @param {string} text a bundle
 */
function toCommonJS(text) {
  /** @type {string[]} */
  const imports = [];
  let names = '';
  const body = text
    .replace(IMPORT, (_, imported, from) => {
      imports.push(toConstants(imported, moduleAt(from)));
      return '';
    })
    .replace(EXPORT, (_, exported) => {
      names = exported;
      return `module.exports={${exported}};`;
    });
  const [left] = LEFT.exec(body) ?? [];
  if (left) throw new Error(`esbuild writes this in another way than expected: ${left}`);
  return { text: [FIRST_LINE, ...imports, body].join('\n'), names };
}

/** @param {string} from where the module is */
function moduleAt(from) {
  const [place, name] = from.split(':');
  if (place === 'main') return `__main("${name}")`;
  if (place !== 'node') return `require("${from}")`;
  return `(process.getBuiltinModule?.("${from}")??require("${from}"))`;
}

/**
 * @param {string} names such as `path`, or `{a,b as c}`
 * @param {string} module
 */
function toConstants(names, module) {
  const wanted = names.replace(/^\s*\*\s*as\b/, '').replace(/\s+as\s+/g, ':');
  return `const ${wanted.trim()}=${module};`;
}

/**
 * Shortens the names of variables. Those of functions, classes and methods stay, for stack traces.
 *
 * @param {string} text
 * @param {import('esbuild').BuildOptions} options
 */
async function shortenNames(text, { target, minifySyntax, minifyWhitespace, lineLimit }) {
  const minify = { minifySyntax, minifyWhitespace, minifyIdentifiers: true };
  return (await transform(text, { ...minify, target, lineLimit })).code;
}

/**
 * @param {import('esbuild').BuildOptions} options
 * @returns {Promise<{ files: { path: string, text: string, names: string }[], modules: string[] }>} what to write, and the modules of
 *   the main bundle that it must hand out
 */
export async function bundleFrameworks(options) {
  const names = findFrameworks();
  /** @type {Set<string>} */
  const used = new Set();
  const entries = [
    { entry: path.join(common, 'index.ts'), outfile: 'frameworks.js', isCommon: true },
    ...names.map((name) => ({
      entry: path.join(frameworks, name, 'index.ts'),
      outfile: `${name}.js`,
      isCommon: false,
    })),
  ];
  const hooks = build({
    ...options,
    format: 'esm',
    entryPoints: [path.join(frameworks, 'register', 'hooks.ts')],
    outfile: path.join(root, 'dist', 'register-hooks.mjs'),
    write: true,
  });
  const results = await Promise.all(
    entries.map(({ entry, outfile, isCommon }) =>
      build({
        ...options,
        entryPoints: [entry],
        outfile: path.join(root, 'dist', outfile),
        plugins: [shared(used, isCommon)],
        format: 'esm',
        write: false,
      }),
    ),
  );
  await hooks;
  const files = await Promise.all(
    results
      .flatMap(({ outputFiles }) => outputFiles ?? [])
      .map(async ({ path: file, text: written }) => {
        const { text, names } = toCommonJS(written);
        return { path: file, names, text: await shortenNames(text, options) };
      }),
  );
  return { files, modules: [...used].sort() };
}

/**
 * The entry of the main bundle. Its function `modules` hands out modules to the integrations.
 *
 * @param {string[]} modules
 */
export function mainEntry(modules) {
  const cases = modules.map((name) => `    case '${name}': return require('./${name}');`);
  return `export * from './index';
export function modules(name: string): unknown {
  switch (name) {
${cases.join('\n')}
    default: throw new Error(\`no module \${name}: the files of infinium-o2 are of different versions\`);
  }
}`;
}

/** What ends the main bundle: \`modules\` is not one of its exports, but is found under a symbol. */
export const modulesFooter = `
Object.defineProperty(module.exports, ${MODULES}, { value: module.exports.modules });
delete module.exports.modules;`;
