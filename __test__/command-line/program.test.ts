// What all commands have in common.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { VERSION } from 'infinium-o2';
import { runCommand } from '../support/command';

const COMMANDS = ['doctor', 'send', 'spool'];

it('prints its version', async () => {
  for (const option of ['--version', '-V']) {
    expect(await runCommand([option])).toMatchObject({
      code: 0,
      stdout: `${VERSION}\n`,
      stderr: '',
    });
  }
});

it.each([[], ...COMMANDS.map((name) => [name])])('prints help: %s', async (...command) => {
  for (const option of ['--help', '-h']) {
    const { code, stdout, stderr } = await runCommand([...command, option]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: infinium-o2 ${command[0] ?? 'COMMAND'}`));
    expect(stdout).toContain('--help');
  }
});

it('prints the help of a command: help send', async () => {
  const { code, stdout } = await runCommand(['help', 'send']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: infinium-o2 send/);
  expect(await runCommand(['help', 'sned'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no command "sned"'),
  });
});

it.each([
  [[], 'a command is missing'],
  [['sned'], 'there is no command "sned"'],
  [['toString'], 'there is no command "toString"'],
  [['send'], 'FILE is missing'],
  [['send', 'a', 'b'], 'only one FILE is possible'],
  [['send', 'a', '--ratee', '1'], "Unknown option '--ratee'"],
  [['send', 'a', '--rate'], "Option '--rate <value>' argument missing"],
  [['send', 'a', '--rate', '0'], '--rate must be a number greater than 0 (got 0)'],
  [['send', 'a', '--rate', 'fast'], '--rate must be a number greater than 0 (got fast)'],
  [
    ['send', 'a', '--concurrency', '1.5'],
    '--concurrency must be a whole number, 1 or more (got 1.5)',
  ],
  [['send', '-', '--state', 's'], '--state needs a file'],
  [['spool'], 'DIR is missing'],
  [['spool', 'd', '--list', '--send'], 'only one of --list, --send and --requeue-corrupt'],
  [['doctor', 'now'], 'doctor takes no arguments'],
])('refuses %j, with its usage', async (args, message) => {
  const { code, stdout, stderr } = await runCommand(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`infinium-o2: ${message}`);
  expect(stderr).toContain('\nUsage: infinium-o2 ');
});

it('has no second copy of the package, and can be started by itself', () => {
  const text = readFileSync(path.resolve(__dirname, '../../dist/cli.js'), 'utf8');
  expect(text).toMatch(/^#!\/usr\/bin\/env node\n/);
  expect(text).toContain('require("./index.js")');
  expect(text).not.toContain('NativeClient');
});

it('ends quietly when nobody reads what it prints', async () => {
  const program = path.resolve(__dirname, '../../dist/cli.js');
  const child = spawn(process.execPath, [program, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(stderr).toBe('');
});
