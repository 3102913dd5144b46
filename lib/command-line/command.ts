import { type ParseArgsConfig, parseArgs } from 'node:util';

/** A command of the program. */
export interface Command {
  /** One line for the list of commands. */
  summary: string;
  usage: string;
  /** Whether its arguments are for another program. */
  passesOn?: boolean;
  /** Returns the exit code. */
  run(args: string[]): Promise<number>;
}

/** Wrong arguments. The usage of the command follows the message. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Parses the arguments of a command. @throws {UsageError} */
export function parse<const O extends Options>(args: string[], options: O) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Node.js explains how to write positional arguments that begin with a dash, which are rare here.
    const [message] = (error as Error).message.split('. To specify a positional');
    throw new UsageError(message);
  }
}

/** Returns the only argument that is no option. @param name what the usage calls it */
export function onlyArgument(positionals: string[], name: string): string {
  const [argument, ...others] = positionals;
  if (argument === undefined) throw new UsageError(`${name} is missing`);
  if (others.length > 0) throw new UsageError(`only one ${name} is possible`);
  return argument;
}

/** Reads a number that is greater than 0. */
export function readNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === '' || !(number > 0 && number < Infinity)) {
    throw new UsageError(`--${name} must be a number greater than 0 (got ${text})`);
  }
  return number;
}

/** Reads a whole number that is not less than `least`. */
export function readWhole(
  name: string,
  text: string | undefined,
  least: number,
): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(number) || number < least) {
    throw new UsageError(`--${name} must be a whole number, ${least} or more (got ${text})`);
  }
  return number;
}
