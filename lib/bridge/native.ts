type Addon = typeof import('../../js-binding');

/** The native addon. Only the addon defines the numbers of its enums. */
export const {
  Abortable,
  DroppedFor,
  EventKind,
  hideSecrets,
  LogLevel,
  NativeClient,
  VERSION,
}: Addon = load();
export type Abortable = import('../../js-binding').Abortable;
export type DroppedFor = import('../../js-binding').DroppedFor;
export type EventKind = import('../../js-binding').EventKind;
export type LogLevel = import('../../js-binding').LogLevel;
export type NativeBatch = import('../../js-binding').NativeBatch;
export type NativeClient = import('../../js-binding').NativeClient;

/**
 * Tries the most common platform first. The generated loader knows every platform, but detecting the current one
 * takes longer than everything else here.
 */
function load(): Addon {
  let first: unknown;
  if (process.platform === 'linux' && process.arch === 'x64') {
    try {
      return require('../../infinium-o2.linux-x64-gnu.node');
    } catch (error) {
      // This system may have another C library and an addon built for it. The generated loader finds that addon.
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
 * Returns the errors of all files that the generated loader tried, in order. Its own message recommends platform
 * packages that do not exist.
 */
function causesOf(error: any): any[] {
  const causes = [];
  for (let cause = error?.cause; cause; cause = cause.cause) causes.unshift(cause);
  return causes.length > 0 ? causes : [error];
}

function cannotLoad(causes: any[]): Error {
  // Most files are missing on any platform; the useful error is from a file that exists but does not load. The
  // loader keeps only messages.
  const cause = causes.find((one) => !/^Cannot find module/.test(one?.message)) ?? causes[0];
  const [reason] = String(cause?.message ?? cause).split('\n', 1);
  const disabled = cause?.code === 'ERR_DLOPEN_DISABLED';
  const advice = disabled
    ? 'Node.js was started without native addons: remove --no-addons, and add --allow-addons to --permission.'
    : 'If it should run here, install it again; if a bundler made this program, mark infinium-o2 as external. ' +
      'Elsewhere build it from a clone of its repository, with Rust: npm install && npm run build';
  return new Error(
    `The native addon of infinium-o2 cannot be loaded: ${reason}\n` +
      'It is built for Linux on x86-64 with glibc 2.34 or newer; ' +
      `this is ${process.platform} on ${process.arch}. ${advice}`,
    { cause },
  );
}
