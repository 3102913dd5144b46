type Addon = typeof import('../../js-binding');

/** The addon. Numbers that cross as enums are named by it alone. */
export const { Abortable, EventKind, LogLevel, NativeClient, VERSION }: Addon = load();
export type Abortable = import('../../js-binding').Abortable;
export type EventKind = import('../../js-binding').EventKind;
export type LogLevel = import('../../js-binding').LogLevel;
export type NativeBatch = import('../../js-binding').NativeBatch;
export type NativeClient = import('../../js-binding').NativeClient;

/**
 * The generated loader knows every platform, and takes longer to find out which one this is than everything else
 * here takes: so the most common platform is tried first.
 */
function load(): Addon {
  let first: unknown;
  if (process.platform === 'linux' && process.arch === 'x64') {
    try {
      return require('../../infinium-o2.linux-x64-gnu.node');
    } catch (error) {
      // Perhaps this system has another C library, and an addon built for it: the loader finds that one.
      first = error;
    }
  }
  try {
    return require('../../js-binding');
  } catch (error) {
    throw cannotLoad(first === undefined ? causesOf(error) : [first, ...causesOf(error)]);
  }
}

/**
 * The errors of all files that the generated loader tried, in that order. Its own message recommends packages for
 * each platform, which do not exist.
 */
function causesOf(error: any): any[] {
  const causes = [];
  for (let cause = error?.cause; cause; cause = cause.cause) causes.unshift(cause);
  return causes.length > 0 ? causes : [error];
}

function cannotLoad(causes: any[]): Error {
  // Most files are missing on any platform; a file that exists and does not load is the reason. The loader keeps
  // only messages.
  const cause = causes.find((one) => !/^Cannot find module/.test(one?.message)) ?? causes[0];
  const [reason] = String(cause?.message ?? cause).split('\n', 1);
  const disabled = cause?.code === 'ERR_DLOPEN_DISABLED';
  const advice = disabled
    ? 'Node.js was told to load no addons: remove --no-addons, and add --allow-addons to --permission.'
    : 'If it should run here, install it again; if a bundler made this program, mark infinium-o2 as external. ' +
      'Elsewhere build it from a clone of its repository, with Rust: npm install && npm run build';
  return new Error(
    `The native addon of infinium-o2 cannot be loaded: ${reason}\n` +
      'It is built for Linux on x86-64 with glibc 2.34 or newer; ' +
      `this is ${process.platform} on ${process.arch}. ${advice}`,
    { cause },
  );
}
