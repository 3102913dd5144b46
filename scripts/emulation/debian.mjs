// Packages of Debian for any processor, unpacked into target/. Nothing of the system changes, and no one has to be root.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Missing } from '../missing.mjs';
import { target } from '../run.mjs';

/** @typedef {import('../targets.mjs').Target} Target */

/** What Debian calls the processors. */
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };

/**
 * Of the stable release: older ones have a musl that cannot load the Node.js of today.
 *
 * @param {Target['cpu']} cpu
 * @param {string[]} names
 * @returns {string} the folder that has their files
 */
export function unpackDebian(cpu, names) {
  const architecture = ARCHITECTURES[cpu];
  const folder = path.join(target, 'emulation', [architecture, ...names].join('-'));
  if (existsSync(folder)) return folder;
  const work = `${folder}.new`;
  rmSync(work, { recursive: true, force: true });
  const [root, lists, downloads] = ['root', 'lists', 'downloads'].map((name) => {
    mkdirSync(path.join(work, name), { recursive: true });
    return path.join(work, name);
  });
  // From the mirror that this machine uses.
  const format = ['--format', '$(REPO_URI)', 'Origin: Debian', 'Label: Debian'];
  const [mirror] = runHere(work, 'apt-get', ['indextargets', ...format]).split('\n');
  if (!mirror) throw new Missing('apt-get has no mirror of Debian');
  const signedBy = 'signed-by=/usr/share/keyrings/debian-archive-keyring.gpg';
  const files = { sources: `deb [${signedBy}] ${mirror} stable main\n`, status: '' };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(work, name), text);
  const options = Object.entries({
    'APT::Architecture': architecture,
    'APT::Architectures::': architecture,
    'APT::Sandbox::User': 'root',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::Languages': 'none',
    'Dir::Cache': downloads,
    'Dir::Etc::SourceList': path.join(work, 'sources'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': lists,
    'Dir::State::Status': path.join(work, 'status'),
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  runHere(downloads, 'apt-get', [...options, 'update']);
  runHere(downloads, 'apt-get', [...options, 'download', ...names]);
  for (const file of readdirSync(downloads).filter((name) => name.endsWith('.deb'))) {
    runHere(downloads, 'dpkg-deb', ['--extract', file, root]);
  }
  // A package of Debian makes these.
  for (const name of ['bin', 'lib']) {
    if (!existsSync(path.join(root, name)))
      symlinkSync(path.join('usr', name), path.join(root, name));
  }
  renameSync(root, folder);
  rmSync(work, { recursive: true });
  return folder;
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 * @returns {string} what it printed
 */
function runHere(cwd, command, args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  throw new Missing(`${command} could not get packages of Debian: ${reason}`);
}
