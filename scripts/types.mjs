// The TypeScript projects: scripts, examples and the benchmark; the package; the tests.
import { toolCommand } from './run.mjs';

/** Commands that check the types of all code in JavaScript and TypeScript. */
export const TYPE_CHECKS = ['tsconfig.json', 'lib/tsconfig.json', '__test__/tsconfig.json'].map(
  (project) => toolCommand('tsc', ['--project', project]),
);
