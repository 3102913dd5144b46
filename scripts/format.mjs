// Formats everything, and applies the safe fixes of the linter.
import { installPackages } from './packages.mjs';
import { needRust, run, runTool } from './run.mjs';

needRust();
installPackages();
runTool('biome', ['check', '--write']);
run('cargo', ['fmt', '--all']);
run('cargo', ['fmt', '--all', '--manifest-path', 'bench/Cargo.toml']);
