// What is said where the programs of other platforms cannot run: a machine need not have the tools for it.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { useDirectory } from '../support/use';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');
const directory = useDirectory();

/** Why the programs of each platform do not run here, without tools. Those of this machine do. */
async function obstacles(): Promise<Record<string, string>> {
  const code = `
    import { commandsFor } from './scripts/emulation/commands.mjs';
    import { Missing } from './scripts/missing.mjs';
    import { TARGETS } from './scripts/targets.mjs';
    const found = {};
    for (const each of TARGETS) {
      try {
        commandsFor(each);
      } catch (error) {
        if (!(error instanceof Missing)) throw error;
        found[each.platform] = error.message;
      }
    }
    console.log(JSON.stringify(found));
  `;
  const env = { PATH: directory.path, CARGO_TARGET_DIR: directory.path };
  const args = ['--input-type=module', '-e', code];
  const { stdout } = await run(process.execPath, args, { cwd: root, env });
  return JSON.parse(stdout);
}

(process.platform === 'linux' ? it : it.skip)(
  'names what is missing for each platform but that of this machine',
  async () => {
    const found = Object.entries(await obstacles());
    expect(found).toHaveLength(7);
    for (const [platform, reason] of found) {
      expect(reason).toMatch(
        platform.startsWith('linux')
          ? /^apt-get could not get packages of Debian: .+|needs a system with glibc$/
          : /do not run on linux$/,
      );
    }
  },
);
