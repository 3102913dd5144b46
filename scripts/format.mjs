// Formats everything, and applies the safe fixes of the linter.
import { installPackages } from './packages.mjs';
import { needRust, run, runTool } from './run.mjs';

needRust();
run('cargo', ['fmt', '--all']);
run('cargo', ['fmt', '--all', '--manifest-path', 'bench/Cargo.toml']);
installPackages();
// Last, because it fails if the linter finds what it cannot fix.
runTool('biome', ['check', '--write']);
