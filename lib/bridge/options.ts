/** Environment variables that are read for missing options. */
export const OPTION_VARIABLES: Readonly<Record<string, string>> = {
  agentId: 'INFINIUM_AGENT_ID',
  agentSecret: 'INFINIUM_AGENT_SECRET',
  baseUrl: 'INFINIUM_BASE_URL',
};

/** Options of the native client that users set only by environment variables. */
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

/** Returns the first of these variables that is set, otherwise the first one. An empty variable counts as unset. */
function firstSet(...names: [string, ...string[]]): string {
  return names.find((name) => process.env[name]) ?? names[0];
}

/** Returns the native client's id of an option: `max_queue_bytes` for `maxQueueBytes`. */
export function toOptionId(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

/** Returns the option with this id, in the user's spelling. */
export function toOptionName(id: string): string {
  return (
    VARIABLE_ONLY[id]?.() ?? id.replace(/_(.)/g, (_, capital: string) => capital.toUpperCase())
  );
}

/** Rewrites the message of an invalid option for users. The message begins with the option's id. */
export function toOptionMessage(id: string, message: string): string {
  const name = toOptionName(id);
  const variable = OPTION_VARIABLES[name];
  return `${name}${message.slice(id.length)}${variable ? `; set it or ${variable}` : ''}`;
}
