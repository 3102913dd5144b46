import { VERSION } from 'infinium-o2';
import { type Command, UsageError } from './command';
import { dev } from './dev';
import { doctor } from './doctor';
import { Problem, print, printError } from './output';
import { send } from './send';
import { spool } from './spool';

/** The exit code for wrong arguments, as programs of Unix have it. */
const MISUSED = 2;

const COMMANDS: Record<string, Command> = { doctor, send, spool, dev };

const USAGE = `Usage: infinium-o2 COMMAND [options]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`)
  .join('\n')}

  -h, --help      print this help, or that of a command
  -V, --version   print the version

The agent comes from INFINIUM_AGENT_ID, INFINIUM_AGENT_SECRET and INFINIUM_BASE_URL.
`;

/** Runs the program, and returns its exit code. */
async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined) return misuse('a command is missing', USAGE);
  if (name === 'help' && args.length > 0) return await main([args[0] as string, '--help']);
  if (name === '-h' || name === '--help' || name === 'help') return print(USAGE);
  if (name === '-V' || name === '--version') return print(`${VERSION}\n`);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return misuse(`there is no command ${JSON.stringify(name)}`, USAGE);
  try {
    // What comes after `dev` is for another program, whose help is longer.
    if (!command.passesOn && args.some((arg) => arg === '-h' || arg === '--help')) {
      return print(command.usage);
    }
    return await command.run(args);
  } catch (error) {
    if (error instanceof UsageError) return misuse(error.message, command.usage);
    if (!(error instanceof Problem)) throw error;
    printError(`${error.message}\n`);
    return 1;
  }
}

function misuse(message: string, usage: string): number {
  printError(`infinium-o2: ${message}\n\n${usage}`);
  return MISUSED;
}

// Whatever reads the output, such as `head`, may have read enough.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
