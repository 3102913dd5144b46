import { proxyOf, usesProxy } from '../environment';
import { type Check, failed, ok, warning } from './check';

/** Whether requests go through a proxy. */
export interface Proxied {
  check: Check;
  /** Undefined if requests go directly. */
  proxy: URL | undefined;
}

export function checkProxy(url: URL, runtime: 'native' | 'wasm'): Proxied {
  const id = 'proxy';
  const found = proxyOf();
  if (!found) return { check: ok(id, 'none is set'), proxy: undefined };
  const { variable, value } = found;
  const direct = (reason: string) => ({
    check: ok(id, `${variable} is set, and not used: ${reason}`),
    proxy: undefined,
  });
  if (url.protocol === 'http:') return direct('proxies are for https');
  if (runtime === 'wasm') {
    const text = `${variable} is set, and cannot be used without the addon`;
    return { check: warning(id, text, 'See the check of the addon.'), proxy: undefined };
  }
  if (!usesProxy(variable, url.href)) {
    const excepted = process.env.NO_PROXY || process.env.no_proxy;
    return direct(excepted ? 'NO_PROXY has this host' : 'this host is reached directly');
  }
  const proxy = readProxy(value);
  if (!proxy) {
    const text = `${variable} is no proxy that can be used`;
    const fix = `Set ${variable} to http://HOST:PORT or https://HOST:PORT.`;
    return { check: failed(id, text, fix), proxy: undefined };
  }
  // It may hold a password.
  return { check: ok(id, `${proxy.host} (${variable})`), proxy };
}

function readProxy(value: string): URL | undefined {
  try {
    const url = new URL(value.includes('://') ? value : `http://${value}`);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
  } catch {
    return undefined;
  }
}
