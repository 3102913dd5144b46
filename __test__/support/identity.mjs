// Prints a certificate authority and a certificate of it, as JSON, for a server of the names that are given.
// A program of its own: what it uses does not work in Jest's realm.
import { generate } from 'selfsigned';

const shared = /** @type {const} */ ({ keyType: 'ec', curve: 'P-256', algorithm: 'sha256' });
const authority = await generate([{ name: 'commonName', value: 'Test authority' }], {
  ...shared,
  extensions: [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ],
});
const altNames = process.argv
  .slice(2)
  .map((name) =>
    /^[\d.]+$|:/.test(name)
      ? /** @type {const} */ ({ type: 7, ip: name })
      : /** @type {const} */ ({ type: 2, value: name }),
  );
const server = await generate([{ name: 'commonName', value: 'Test server' }], {
  ...shared,
  ca: { key: authority.private, cert: authority.cert },
  extensions: [
    { name: 'basicConstraints', cA: false },
    { name: 'subjectAltName', altNames },
  ],
});
/** A server that vouches for itself as an authority, as many private installations do. */
const alone = await generate([{ name: 'commonName', value: 'Alone' }], {
  ...shared,
  extensions: [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'subjectAltName', altNames },
  ],
});
console.log(
  JSON.stringify({
    ca: `${authority.cert}\n`,
    key: server.private,
    cert: server.cert,
    alone: { ca: `${alone.cert}\n`, key: alone.private, cert: alone.cert },
  }),
);
