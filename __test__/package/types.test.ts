// Compiles projects of users with the compilers they may have.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript-6';
import { documented } from './types/documented';

const infinium: typeof import('infinium-o2') = jest.requireActual('infinium-o2');
const root = path.resolve(__dirname, '../..');
const strict = {
  strict: true,
  skipLibCheck: false,
  noEmit: true,
  target: 'es2022',
  lib: ['es2022'],
  types: [] as string[],
};

/** The compilers, and the ways in which each can resolve packages. */
const compilers: [string, string, object][] = [
  'typescript-5',
  'typescript-6',
  'typescript',
].flatMap(
  (compiler) =>
    [
      [compiler, 'nodenext', { module: 'nodenext', moduleResolution: 'nodenext' }],
      [compiler, 'bundler', { module: 'esnext', moduleResolution: 'bundler' }],
      [compiler, 'node10', { module: 'esnext', moduleResolution: 'node10' }],
    ] as [string, string, object][],
);
// The newest compiler no longer has the oldest resolution; the one before it needs an option for it.
const supported = compilers
  .filter(([compiler, way]) => !(compiler === 'typescript' && way === 'node10'))
  .map(([compiler, way, options]): [string, string, object] => {
    const old = compiler === 'typescript-6' && way === 'node10';
    return [compiler, way, old ? { ...options, ignoreDeprecations: '6.0' } : options];
  });

let project: string;

beforeAll(() => {
  project = mkdtempSync(path.join(tmpdir(), 'infinium-types-'));
  const installed = path.join(project, 'node_modules', 'infinium-o2');
  mkdirSync(installed, { recursive: true });
  for (const file of ['package.json', 'index.d.ts', 'index.d.mts', 'embedded.d.ts'])
    cpSync(path.join(root, file), path.join(installed, file));
  cpSync(path.join(__dirname, 'types'), project, { recursive: true });
  for (const [name, code] of Object.entries(documented))
    writeFileSync(path.join(project, name), code);
  writeFileSync(path.join(project, 'package.json'), JSON.stringify({ type: 'module' }));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Compiles files of the project. Returns the messages of the compiler, '' if there are none. */
function compile(compiler: string, options: object, files: string[]): string {
  const config = path.join(project, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ compilerOptions: { ...strict, ...options }, files }));
  const tsc = path.join(root, 'node_modules', compiler, 'bin', 'tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '--project', config], {
    cwd: project,
    encoding: 'utf8',
  });
  const said = stdout + stderr;
  return status === 0 ? said : said || `${compiler} ended with ${status}`;
}

describe('a consumer', () => {
  it.each(supported)(
    'compiles the whole API, and no misuse, with %s and %s',
    (compiler, _way, options) => {
      expect(compile(compiler, options, ['usage.ts', 'misuse.ts'])).toBe('');
    },
  );

  it.each(supported)(
    'compiles the documented code verbatim with %s and %s',
    (compiler, _way, options) => {
      expect(compile(compiler, options, Object.keys(documented))).toBe('');
    },
  );

  it.each(['typescript-5', 'typescript-6', 'typescript'])(
    'compiles a CommonJS module with %s',
    (compiler) => {
      const options = { module: 'nodenext', moduleResolution: 'nodenext' };
      expect(compile(compiler, options, ['common.cts'])).toBe('');
    },
  );

  it.each(['typescript-5', 'typescript-6', 'typescript'])(
    'is not refused undefined by %s',
    (compiler) => {
      const lib = { lib: ['es2022', 'dom'], exactOptionalPropertyTypes: true };
      expect(compile(compiler, { ...supported[0][2], ...lib }, ['exact.ts'])).toBe('');
    },
  );

  it.each([
    ['typescript-6', 'nothing else', {}],
    ['typescript', 'nothing else', {}],
    ['typescript-6', 'the newest library', { lib: ['esnext', 'dom'] }],
    ['typescript', 'the newest library', { lib: ['esnext', 'dom'] }],
    ['typescript-6', '@types/node', { types: ['node'] }],
    ['typescript', '@types/node', { types: ['node'] }],
  ])('can write `using` with %s and %s', (compiler, _beside, beside) => {
    const typeRoots = [path.join(root, 'node_modules', '@types')];
    const options = { ...supported[0][2], typeRoots, ...beside };
    expect(compile(compiler, options, ['using.ts'])).toBe('');
  });

  it('gets an error for code that is wrong, so that the others mean something', () => {
    writeFileSync(path.join(project, 'wrong.ts'), "import { Nothing } from 'infinium-o2';\n");
    expect(compile('typescript', supported[0][2], ['wrong.ts'])).toContain(
      "no exported member 'Nothing'",
    );
  });
});

describe('index.d.ts', () => {
  const file = path.join(root, 'index.d.ts');
  const program = ts.createProgram([file], {
    lib: ['lib.es2022.d.ts'],
    types: [],
    skipLibCheck: false,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const exported = source && checker.getSymbolAtLocation(source);
  const symbols = exported ? checker.getExportsOfModule(exported) : [];
  const values = symbols.filter((symbol) => symbol.flags & ts.SymbolFlags.Value);

  it('names exactly the values that the package exports', () => {
    expect(values.map((symbol) => symbol.name).sort()).toEqual(Object.keys(infinium).sort());
  });

  it.each(['InfiniumClient', 'AsyncInfiniumClient', 'TraceBuilder'] as const)(
    'names exactly the methods of %s',
    (name) => {
      const symbol = values.find((value) => value.name === name);
      const type = symbol && checker.getDeclaredTypeOfSymbol(symbol);
      const declared = type?.getProperties().map((property) => property.name) ?? [];
      expect(declared.filter((method) => !method.startsWith('__@')).sort()).toEqual(
        methodsOf(infinium[name]),
      );
    },
  );

  it('says of everything what it is', () => {
    const silent: string[] = [];
    const visit = (symbol: ts.Symbol, within: string) => {
      const [declaration] = symbol.declarations ?? [];
      if (declaration?.getSourceFile().fileName !== source?.fileName) return;
      const where = `${within}${symbol.name}`;
      const inherited = ['cause', 'prototype'].includes(symbol.name);
      if (!inherited && symbol.getDocumentationComment(checker).length === 0) silent.push(where);
      if (within) return;
      for (const property of checker.getDeclaredTypeOfSymbol(symbol).getProperties())
        visit(property, `${where}.`);
    };
    for (const symbol of symbols) visit(symbol, '');
    expect(symbols.length).toBeGreaterThan(45);
    expect(silent).toEqual([]);
  });
});

/** The public methods of a class and of those that it extends. */
function methodsOf(ofClass: { prototype: object }): string[] {
  const names = new Set<string>();
  for (let own = ofClass.prototype; own !== Object.prototype; own = Object.getPrototypeOf(own)) {
    for (const name of Object.getOwnPropertyNames(own)) names.add(name);
  }
  names.delete('constructor');
  return [...names].sort();
}
