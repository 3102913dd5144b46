import { ConfigurationError, InfiniumClient } from 'infinium-o2';

/** The platform that clients use without `INFINIUM_BASE_URL`. */
export const DEFAULT_BASE_URL = 'https://platform.i42m.ai/api/v1';

/** The variables that may name a proxy, in the order in which clients read them. */
const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];

/** The variable that names the proxy, and its value. */
export function proxyOf(): { variable: string; value: string } | undefined {
  for (const variable of PROXY_VARIABLES) {
    const value = process.env[variable];
    if (value) return { variable, value };
  }
  return undefined;
}

/**
 * Whether clients would use the proxy for a platform. Clients themselves tell: a proxy that cannot be used is an error
 * only where one would be used.
 */
export function usesProxy(variable: string, baseUrl: string): boolean {
  const value = process.env[variable];
  process.env[variable] = 'unusable://proxy';
  try {
    new InfiniumClient({
      enabled: false,
      agentId: 'infinium-o2-doctor',
      agentSecret: 'not-a-secret',
      baseUrl,
      quiet: true,
      exitTimeout: 0,
    });
    return false;
  } catch (error) {
    return error instanceof ConfigurationError && error.configKey === variable;
  } finally {
    process.env[variable] = value;
  }
}
