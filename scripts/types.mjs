// The TypeScript projects: scripts and examples; the benchmark; the package; the tests; the page.
import { toolCommand } from './run.mjs';

const PROJECTS = [
  'tsconfig.json',
  'bench/tsconfig.json',
  'lib/tsconfig.json',
  '__test__/tsconfig.json',
  'crates/infinium-local/page/tsconfig.json',
];

/** Commands that check the types of all code in JavaScript and TypeScript. */
export const TYPE_CHECKS = PROJECTS.map((project) => toolCommand('tsc', ['--project', project]));
