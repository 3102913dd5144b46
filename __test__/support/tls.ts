// A certificate authority that lives as long as a test run, and a certificate of it.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

export interface Identity {
  /** The authority's certificate: PEM, for `caCertificates`. */
  ca: string;
  key: string;
  cert: string;
  /** A self-signed identity with the same names. */
  alone?: Identity;
}

/** Makes an authority, and has it vouch for a server of these names. */
export function createIdentity(names: string[]): Identity {
  const program = path.join(__dirname, 'identity.mjs');
  return JSON.parse(execFileSync(process.execPath, [program, ...names], { encoding: 'utf8' }));
}
