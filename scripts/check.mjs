// What must hold beside the tests: format, lints, documentation, the shape of the package.
import { spawnSync } from 'node:child_process';
import { run } from './run.mjs';
import { setup } from './setup.mjs';

setup();
run('cargo', ['fmt', '--all', '--check']);
run('cargo', ['clippy', '--workspace', '--all-targets', '--quiet', '--', '-D', 'warnings']);
run('cargo', ['doc', '--workspace', '--no-deps', '--quiet'], { RUSTDOCFLAGS: '-D warnings' });
run('npx', ['biome', 'ci']);
run('npx', ['publint', '--strict']);
run('npx', ['attw', '--pack', '.', '--quiet']);
if (spawnSync('cargo', ['deny', '--version']).status === 0) {
  run('cargo', ['deny', 'check', 'licenses', 'bans', 'sources']);
} else {
  console.log('cargo deny is not installed: skipped');
}
