// A certificate authority that lives as long as a test run, and a certificate of it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Identity {
  /** The authority's certificate: PEM, for `caCertificates`. */
  ca: string;
  key: string;
  cert: string;
}

/** Makes an authority, and has it vouch for a server of these names. */
export function createIdentity(names: string[]): Identity {
  const folder = mkdtempSync(path.join(tmpdir(), 'infinium-tls-'));
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const alternatives = names.map((name) =>
    /^[\d.]+$|:/.test(name) ? `IP:${name}` : `DNS:${name}`,
  );
  try {
    openssl(
      ...['req', '-x509', ...key, '-days', '2', '-subj', '/CN=Test authority'],
      ...['-addext', 'keyUsage=critical,keyCertSign', '-keyout', 'ca.key', '-out', 'ca.crt'],
    );
    openssl(
      ...['req', ...key, '-subj', '/CN=Test server', '-keyout', 'server.key', '-out', 'server.csr'],
    );
    writeFileSync(path.join(folder, 'names'), `subjectAltName=${alternatives.join(',')}\n`);
    openssl(
      ...['x509', '-req', '-in', 'server.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-days', '2'],
      ...['-CAcreateserial', '-extfile', 'names', '-out', 'server.crt'],
    );
    const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
    return { ca: read('ca.crt'), key: read('server.key'), cert: read('server.crt') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
