// Everything that is tested, from any state of the repository. Arguments go to Jest.
import { run, runTool } from './run.mjs';
import { setup } from './setup.mjs';

setup();
console.log('Building and running the tests in Rust; the first time this takes a few minutes.');
run('cargo', ['test', '--workspace', '--quiet']);
runTool('tsc', ['--project', 'tsconfig.json']);
runTool('tsc', ['--project', 'lib/tsconfig.json']);
runTool('tsc', ['--project', '__test__/tsconfig.json']);
runTool('jest', process.argv.slice(2));
