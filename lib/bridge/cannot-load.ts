/** An addon that was tried, and why it did not load. */
export interface Failure {
  /** Its package or file. */
  name: string;
  error: unknown;
}

const TARGETS =
  'Linux (x64 and arm64, glibc 2.17 or newer, or musl), macOS and Windows (x64 and arm64)';

/** The error of a program that has no addon: what was tried, why each failed, and what to do. */
export function cannotLoad(failures: Failure[]): Error {
  // A package that is not installed says less than one that does not load.
  const telling = failures.find(({ error }) => codeOf(error) !== 'MODULE_NOT_FOUND') ?? failures[0];
  const reasons = new Set(failures.map(({ name, error }) => `- ${name}: ${reasonOf(error)}`));
  const lines = [
    `The native addon of infinium-o2 cannot be loaded on ${process.platform} ${process.arch}.`,
    ...reasons,
    adviceFor(codeOf(telling?.error)),
  ];
  return new Error(lines.join('\n'), { cause: telling?.error });
}

function adviceFor(code: unknown): string {
  if (code === 'ERR_DLOPEN_DISABLED') {
    return 'Node.js was started without native addons: remove --no-addons, and add --allow-addons to --permission.';
  }
  return (
    `There are addons for ${TARGETS}. On one of these, install infinium-o2 again, with its optional ` +
    'dependencies and without a node_modules or lock file of another platform. If a bundler made this program, ' +
    'mark infinium-o2 as external or import infinium-o2/embedded. Elsewhere, build the addon: see ' +
    'docs/deployment.md in the package.'
  );
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}

/** The first line: what follows in errors of Node.js is a list of files. */
function reasonOf(error: unknown): string {
  const [reason = ''] = String((error as Error | undefined)?.message ?? error).split('\n', 1);
  return reason;
}
