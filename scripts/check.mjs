// What must hold beside the tests: format, lints, types, documentation, the shape of the package.
import { spawnSync } from 'node:child_process';
import { run, runTool } from './run.mjs';
import { setup } from './setup.mjs';

/** @param {string} text */
const say = (text) => console.log(`\n== ${text}`);

setup();

say('Rust: format');
run('cargo', ['fmt', '--all', '--check']);

say('Rust: lints');
run('cargo', ['clippy', '--workspace', '--all-targets', '--quiet', '--', '-D', 'warnings']);
run('cargo', ['run', '--quiet', '--package', 'import-circles']);

say('Rust: documentation');
const doc = ['doc', '--no-deps', '--quiet'];
const strict = '-D warnings';
run('cargo', [...doc, '--workspace', '--exclude', 'infinium-o2'], { RUSTDOCFLAGS: strict });
// Nobody but its maintainers reads about the binding, so it may refer to what is private.
const inside = `${strict} -A rustdoc::private-intra-doc-links`;
run('cargo', [...doc, '--package', 'infinium-o2', '--document-private-items'], {
  RUSTDOCFLAGS: inside,
});

say('Rust: licenses and sources of dependencies');
if (spawnSync('cargo', ['deny', '--version']).status === 0) {
  run('cargo', ['deny', 'check', 'licenses', 'bans', 'sources']);
} else {
  console.log('skipped: cargo-deny is not installed (cargo install --locked cargo-deny)');
}

say('JavaScript: types');
runTool('tsc', ['--project', 'tsconfig.json']);
runTool('tsc', ['--project', 'lib/tsconfig.json']);
runTool('tsc', ['--project', '__test__/tsconfig.json']);

say('JavaScript: format and lints');
const colors = process.stdout.isTTY ? 'force' : 'off';
runTool('biome', ['ci', '--error-on-warnings', `--colors=${colors}`]);

say('Package: publint');
runTool('publint', ['--strict']);

say('Package: are the types wrong?');
runTool('attw', ['--pack', '.', '--format', 'ascii', '--no-color']);

say('Speed: instructions of the hot functions, for information');
run(process.execPath, ['bench/instructions.mjs']);
