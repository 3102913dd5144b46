// A registry of npm on this machine that has what scripts/pack.mjs has packed, to install it as users do:
// `node scripts/registry.mjs <folder> [<upstream>]`. It prints its URL as JSON, and ends when its input ends.
//
// Packages that are not there are not found, or looked up at the upstream registry if there is one.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { isMain } from './run.mjs';

/** @typedef {{ file: string, manifest: any }} Packed a tarball and the package.json in it */

/**
 * @param {string} folder with tarballs and index.json, which scripts/pack.mjs makes
 * @param {string} [upstream] the URL of another registry
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
export async function startRegistry(folder, upstream) {
  /** @type {Packed[]} */
  const index = JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8'));
  const packages = new Map(index.map((packed) => [packed.manifest.name, packed]));
  let url = '';
  /** @param {Packed} packed */
  const describe = ({ file, manifest }) => {
    const { name, version } = manifest;
    const bytes = readFileSync(path.join(folder, file));
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const shasum = createHash('sha1').update(bytes).digest('hex');
    const dist = { tarball: `${url}/-/${file}`, integrity, shasum };
    return {
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...manifest, dist } },
    };
  };
  const server = createServer((request, response) => {
    const wanted = decodeURIComponent(new URL(request.url ?? '', url).pathname.slice(1));
    const packed = packages.get(wanted);
    if (packed) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(describe(packed)));
    } else if (wanted.startsWith('-/') && wanted.endsWith('.tgz')) {
      response.end(readFileSync(path.join(folder, path.basename(wanted))));
    } else if (upstream) {
      response.writeHead(302, { location: new URL(request.url ?? '', upstream).href }).end();
    } else {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  url = `http://127.0.0.1:${port}`;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, stop };
}

if (isMain(import.meta.url)) {
  const [folder, upstream] = process.argv.slice(2);
  const { url, stop } = await startRegistry(folder, upstream);
  console.log(JSON.stringify({ url }));
  process.stdin.resume().once('end', stop);
}
