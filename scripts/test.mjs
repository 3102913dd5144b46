// Runs the tests, from any state of the repository: `node scripts/test.mjs [all | js | rust | wasm | frameworks |
// providers | vendors | secrets] [arguments]`.
//
// The arguments go to Jest, or to `cargo test` after `rust`. `vendors` are the tests beside other packages that watch
// LLM clients, which take 330 MB. `wasm` runs tests of Jest without the addon: those of the client, or those that
// arguments choose. `frameworks` are those of integrations, or of those that are named; all tests run their examples.
// `providers` are those of `watch` with clients that no other test needs, which take 173 MB. `secrets` are those with
// objects of packages that hold secrets, which take 135 MB.
import { testExamples, testFrameworks } from './frameworks.mjs';
import { installPackages } from './packages.mjs';
import { needRust, run, runTool, stop } from './run.mjs';
import { setup } from './setup.mjs';
import { TYPE_CHECKS } from './types.mjs';

/** @param {string[]} args for `cargo test` */
function testRust(args = []) {
  console.log('Building and running the tests in Rust; the first time this takes a few minutes.');
  run('cargo', ['test', '--workspace', ...args]);
}

/** @param {string[]} args for Jest */
async function testJavaScript(args) {
  for (const [command, commandArgs] of TYPE_CHECKS) run(command, commandArgs);
  runTool('jest', args);
  // Arguments choose tests of Jest.
  if (args.length > 0) return;
  testWithoutAddon(QUICK_WITHOUT_ADDON);
  await testExamples();
  run(process.execPath, ['consumers/run.mjs', '--quick']);
}

/** What takes little time: all tests of the client but for those of batches and of networks. */
const QUICK_WITHOUT_ADDON = [
  'config',
  'deadline',
  'diagnostics',
  'enqueue',
  'rate-limit',
  'reading',
]
  .concat('send', 'setup', 'signal', 'validation', 'warnings')
  .map((name) => `client/${name}.test`);

/** @param {string[]} args for Jest */
function testWithoutAddon(args) {
  runTool('jest', args, { INFINIUM_BACKEND: 'wasm' });
}

/** @param {string[]} args for Jest */
function testProviders(args) {
  installPackages('__test__/providers');
  runTool('jest', ['--config', '__test__/providers/jest.config.js', ...args]);
}

const [part = 'all', ...args] = process.argv.slice(2);
if (part === 'all') {
  setup();
  testRust(['--quiet']);
  await testJavaScript(args);
} else if (part === 'js') {
  setup();
  await testJavaScript(args);
} else if (part === 'rust') {
  needRust();
  testRust(args);
} else if (part === 'wasm') {
  setup();
  testWithoutAddon(args.length > 0 ? args : ['__test__/client']);
} else if (part === 'frameworks') {
  setup();
  await testFrameworks(args);
} else if (part === 'providers') {
  setup();
  testProviders(args);
} else if (part === 'vendors') {
  setup();
  installPackages('__test__/vendors');
  runTool('jest', ['--config', '__test__/vendors/jest.config.js', ...args]);
} else if (part === 'secrets') {
  setup();
  installPackages('__test__/secrets');
  run(process.execPath, ['--test', '__test__/secrets/leaks.test.mjs']);
} else {
  stop(
    `There are no tests '${part}': all, js, rust, wasm, frameworks, providers, vendors or secrets.`,
  );
}
