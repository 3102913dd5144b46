import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Check, failed, ok } from './check';
import type { Target } from './probe';
import { withTimeout } from './timeout';

/** Looks up the host that connections go to: the proxy's, if there is one. */
export async function checkNames(target: Target): Promise<Check> {
  const { url, proxy, timeout } = target;
  const id = 'dns';
  const host = (proxy ?? url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host)) return ok(id, `${host} is an address`);
  try {
    const found = await withTimeout(lookup(host, { all: true }), timeout);
    const addresses = found.map(({ address }) => address);
    const more = addresses.length > 3 ? `, … (${addresses.length})` : '';
    return ok(id, `${host} is ${addresses.slice(0, 3).join(', ')}${more}`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const place = proxy ? 'the proxy' : 'INFINIUM_BASE_URL';
    const fix =
      code === 'ENOTFOUND'
        ? `Check the host in ${place}, and whether this machine is on the network.`
        : 'Check the network and the name server of this machine (/etc/resolv.conf on Linux).';
    return failed(id, `${host} is not found: ${code ?? message}`, fix);
  }
}
