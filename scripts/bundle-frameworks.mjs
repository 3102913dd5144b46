// Bundles the integrations of lib/frameworks/: one file each, and one for what they share, dist/frameworks.js. None of
// them contains a copy of a module of the main bundle: that would have state of its own. They get such modules from it.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './run.mjs';

const lib = path.join(root, 'lib');
const frameworks = path.join(lib, 'frameworks');
const common = path.join(frameworks, 'common');

/** The symbol under which the main bundle has a function that returns its modules. */
const MODULES = "Symbol.for('infinium-o2.modules')";

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
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^\./ }, ({ path: name, resolveDir, kind, namespace }) => {
        if (kind === 'entry-point' || namespace !== 'file') return undefined;
        const file = path.resolve(resolveDir, name);
        if (isCommon === false && file.startsWith(common)) {
          return { path: './frameworks.js', external: true };
        }
        const sibling = path.relative(frameworks, file);
        if (siblings.has(sibling)) return { path: `./${sibling}.js`, external: true };
        if (file.startsWith(frameworks)) return undefined;
        const found = path.relative(lib, file).split(path.sep).join('/');
        used.add(found);
        return { path: found, namespace: 'main' };
      });
      onResolve({ filter: /^\.\/index\.js$/, namespace: 'main' }, ({ path: name }) => ({
        path: name,
        external: true,
      }));
      onLoad({ filter: /^/, namespace: 'main' }, ({ path: name }) => ({
        contents: `module.exports = require('./index.js')[${MODULES}]('${name}');`,
      }));
    },
  };
}

/**
 * @param {import('esbuild').BuildOptions} options
 * @param {import('esbuild').Plugin[]} plugins
 * @returns {Promise<{ files: { path: string, text: string }[], modules: string[] }>} what to write, and the modules of
 *   the main bundle that it must hand out
 */
export async function bundleFrameworks(options, plugins) {
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
        plugins: [...plugins, shared(used, isCommon)],
        write: false,
      }),
    ),
  );
  await hooks;
  const files = results.flatMap(({ outputFiles }) => outputFiles ?? []);
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
