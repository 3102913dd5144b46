// Everything that is tested, from any state of the repository.
import { run } from './run.mjs';
import { setup } from './setup.mjs';

setup();
run('cargo', ['test', '--workspace', '--quiet']);
run('npx', ['tsc', '--project', 'tsconfig.json']);
run('npx', ['tsc', '--project', '__test__/tsconfig.json']);
run('npx', ['jest', ...process.argv.slice(2)]);
