// The platforms that have an addon and a local platform of their own.

/**
 * @typedef {object} Target
 * @property {string} platform as in the names of packages and addons
 * @property {string} triple of Rust
 * @property {'linux' | 'darwin' | 'win32'} os
 * @property {'x64' | 'arm64'} cpu
 * @property {'glibc' | 'musl'} [libc]
 */

/** @type {Target[]} */
export const TARGETS = [
  gnu('x64', 'x86_64'),
  musl('x64', 'x86_64'),
  gnu('arm64', 'aarch64'),
  musl('arm64', 'aarch64'),
  { platform: 'darwin-x64', triple: 'x86_64-apple-darwin', os: 'darwin', cpu: 'x64' },
  { platform: 'darwin-arm64', triple: 'aarch64-apple-darwin', os: 'darwin', cpu: 'arm64' },
  { platform: 'win32-x64-msvc', triple: 'x86_64-pc-windows-msvc', os: 'win32', cpu: 'x64' },
  { platform: 'win32-arm64-msvc', triple: 'aarch64-pc-windows-msvc', os: 'win32', cpu: 'arm64' },
];

/**
 * @param {Target['cpu']} cpu
 * @param {string} arch
 * @returns {Target}
 */
function gnu(cpu, arch) {
  const triple = `${arch}-unknown-linux-gnu`;
  return { platform: `linux-${cpu}-gnu`, triple, os: 'linux', cpu, libc: 'glibc' };
}

/**
 * @param {Target['cpu']} cpu
 * @param {string} arch
 * @returns {Target}
 */
function musl(cpu, arch) {
  const triple = `${arch}-unknown-linux-musl`;
  return { platform: `linux-${cpu}-musl`, triple, os: 'linux', cpu, libc: 'musl' };
}

/**
 * @param {string} platform
 * @returns {string} the package of its addon
 */
export function addonPackage(platform) {
  return `@infinium-o2/${platform}`;
}

/**
 * @param {string} platform
 * @returns {string} the file of its addon
 */
export function addonFile(platform) {
  return `infinium-o2.${platform}.node`;
}

/**
 * @param {string} platform
 * @returns {string} the package of its local platform
 */
export function localPackage(platform) {
  return `@infinium-o2/local-${platform}`;
}

/**
 * @param {Target} target
 * @returns {string} the file of its local platform
 */
export function localFile({ os }) {
  return os === 'win32' ? 'infinium-local.exe' : 'infinium-local';
}

/** @returns {Target | undefined} the one of this machine, if there is one */
export function targetHere() {
  // The report names glibc where there is one.
  const report = /** @type {any} */ (process.report?.getReport());
  const libc =
    process.platform === 'linux' && (report?.header.glibcVersionRuntime ? 'glibc' : 'musl');
  return TARGETS.find(
    (target) =>
      target.os === process.platform &&
      target.cpu === process.arch &&
      (target.libc ?? false) === libc,
  );
}
