/** Environment variables that are read for options that are not given. */
export const OPTION_VARIABLES: Readonly<Record<string, string>> = {
  agentId: 'INFINIUM_AGENT_ID',
  agentSecret: 'INFINIUM_AGENT_SECRET',
  baseUrl: 'INFINIUM_BASE_URL',
};

/** Options of the native client that are not options here, but environment variables. */
const VARIABLE_ONLY: Readonly<Record<string, () => string>> = {
  proxy: proxyVariable,
  no_proxy: noProxyVariable,
};

/** The variable that names the proxy. */
export function proxyVariable(): string {
  return firstSet('HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy');
}

/** The variable that lists the hosts without a proxy. */
export function noProxyVariable(): string {
  return firstSet('NO_PROXY', 'no_proxy');
}

/** The first of these that is set, else the first. An empty one counts as unset. */
function firstSet(...names: [string, ...string[]]): string {
  return names.find((name) => process.env[name]) ?? names[0];
}

/** The native client's id of an option: `max_queue_bytes` for `maxQueueBytes`. */
export function toOptionId(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

/** The option with this id, as users spell it. */
export function toOptionName(id: string): string {
  return (
    VARIABLE_ONLY[id]?.() ?? id.replace(/_(.)/g, (_, capital: string) => capital.toUpperCase())
  );
}

/** The message of a wrong option, which begins with the option's id, for users. */
export function toOptionMessage(id: string, message: string): string {
  const name = toOptionName(id);
  const variable = OPTION_VARIABLES[name];
  return `${name}${message.slice(id.length)}${variable ? `; set it or ${variable}` : ''}`;
}
