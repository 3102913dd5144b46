/** Domains of providers that speak OpenAI's protocol. A subdomain is of the same provider. */
const DOMAINS: readonly [domain: string, provider: string][] = [
  ['azure.com', 'azure'],
  ['azure.us', 'azure'],
  ['azure.cn', 'azure'],
  ['azure-api.net', 'azure'],
  ['openrouter.ai', 'openrouter'],
  ['groq.com', 'groq'],
  ['deepseek.com', 'deepseek'],
  ['mistral.ai', 'mistral'],
  ['together.xyz', 'together'],
  ['together.ai', 'together'],
  ['fireworks.ai', 'fireworks'],
  ['perplexity.ai', 'perplexity'],
  ['cohere.com', 'cohere'],
  ['cohere.ai', 'cohere'],
];
/** The port of Ollama, and the names of this machine. */
const OLLAMA_PORT = '11434';
const THIS_MACHINE = /^(localhost|.*\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])$/;

/** Classes of clients whose address may be any, for example that of a gateway. */
const CLASSES: readonly [pattern: RegExp, provider: string][] = [
  [/^Azure/, 'azure'],
  [/Bedrock/, 'bedrock'],
  [/Vertex/, 'vertex'],
  [/^Groq/, 'groq'],
  [/^Together/, 'together'],
];

/** The provider behind each client, and the address that it had then. */
const known = new WeakMap<object, { baseURL: unknown; provider: string }>();

function remember(client: any, find: (url: URL | undefined) => string): string {
  const { baseURL } = client;
  const found = known.get(client);
  if (found && found.baseURL === baseURL) return found.provider;
  const provider = find(parse(baseURL));
  known.set(client, { baseURL, provider });
  return provider;
}

/** @returns the provider behind a client that speaks OpenAI's protocol */
export function openaiProvider(client: any): string {
  return remember(client, (url) => (url && providerAt(url)) ?? providerOfClass(client) ?? 'openai');
}

/** @returns the provider behind a client that speaks Anthropic's protocol */
export function anthropicProvider(client: any): string {
  return remember(
    client,
    (url) => providerOfClass(client) ?? (url && cloudAt(url.hostname)) ?? 'anthropic',
  );
}

function parse(url: unknown): URL | undefined {
  try {
    return new URL(String(url));
  } catch {
    return undefined;
  }
}

function providerAt({ hostname, port }: URL): string | undefined {
  const host = hostname.replace(/\.$/, '');
  const found = DOMAINS.find(([domain]) => isWithin(host, domain));
  if (found) return found[1];
  if (port === OLLAMA_PORT && THIS_MACHINE.test(host)) return 'ollama';
  const labels = host.split('.');
  const isX = labels.some((label, index) => label === 'x' && labels[index + 1] === 'ai');
  if (isX || labels.includes('xai') || labels.includes('grok')) return 'xai';
  return cloudAt(host) === 'bedrock' ? 'bedrock' : undefined;
}

/** @returns the cloud that runs the models of others at an address */
function cloudAt(host: string): string | undefined {
  if (isWithin(host, 'googleapis.com')) return 'vertex';
  const isAws = isWithin(host, 'amazonaws.com') || isWithin(host, 'api.aws');
  return isAws && host.startsWith('bedrock') ? 'bedrock' : undefined;
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/**
 * Looks at the names of all classes of a client, because users derive from them.
 *
 * @returns the provider that runs the models of others
 */
export function providerOfClass(client: any): string | undefined {
  for (
    let prototype = Object.getPrototypeOf(client);
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const name = prototype.constructor?.name;
    const found = CLASSES.find(([pattern]) => typeof name === 'string' && pattern.test(name));
    if (found) return found[1];
  }
  return undefined;
}
