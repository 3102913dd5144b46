import { version } from '../../package.json';
import * as enums from '../fallback/enums';
import { warn } from './warnings';

type Addon = typeof import('../../js-binding');
type Setup = import('../../js-binding').ClientSetup;
type Receive = ConstructorParameters<Addon['NativeClient']>[2];

/** What runs clients: the addon, or WebAssembly. */
export type Runtime = 'native' | 'wasm';

/** Clients are alike whatever runs them. This says which it is. */
export let runtime: Runtime = 'native';

// All copies of this package in a process warn once.
const WARNED = Symbol.for('infinium-o2@1 fallback');

/** Loads the addon, or what stands in for it. Never throws: at the worst, clients cannot be made. */
export function choose(loadAddon: () => Addon): Addon {
  const { INFINIUM_BACKEND: wanted } = process.env;
  let failure: unknown;
  if (wanted !== 'wasm') {
    try {
      return loadAddon();
    } catch (error) {
      failure = error;
    }
  }
  runtime = 'wasm';
  compileEarly();
  const { INFINIUM_REQUIRE_NATIVE: required } = process.env;
  const isRequired = (required && required !== '0') || wanted === 'native';
  return { ...enums, ...standIn(failure, Boolean(isRequired)) } as unknown as Addon;
}

/** Workers of Cloudflare compile WebAssembly only while they start. */
function compileEarly(): void {
  if (globalThis.navigator?.userAgent !== 'Cloudflare-Workers') return;
  try {
    loadFallback(undefined).compile();
  } catch {
    // The first client says it.
  }
}

/** Returns a class for clients that loads WebAssembly with the first of them. */
function standIn(failure: unknown, isRequired: boolean) {
  function NativeClient(options: string, setup: Setup, receive: Receive) {
    if (isRequired) throw failure ?? new Error('the addon is required, and WebAssembly, too');
    const fallback = loadFallback(failure);
    const { warns, logLevel } = setup;
    if (warns) announce(failure, options, (text) => warn('INFINIUM_FALLBACK', text));
    else if (logLevel !== undefined) {
      const { EventKind, LogLevel } = enums;
      const log = (text: string) => receive([EventKind.Log], [LogLevel.Warn], [text]);
      if (logLevel <= LogLevel.Warn) announce(failure, options, log);
    }
    return new fallback.NativeClient(options, setup, receive);
  }
  const hideSecrets = (text: string) => loadFallback(failure).hideSecrets(text);
  return { NativeClient, hideSecrets, VERSION: version };
}

function loadFallback(failure: unknown) {
  try {
    return require('../fallback') as typeof import('../fallback');
  } catch (error) {
    // Both are needed to understand why nothing works.
    const message = `neither the addon of infinium-o2 nor WebAssembly can be used: ${failure}; ${error}`;
    throw new Error(message, { cause: failure ?? error });
  }
}

/** Says what is missing. */
function announce(failure: unknown, options: string, say: (text: string) => void): void {
  const shared = globalThis as unknown as Record<symbol, boolean | undefined>;
  if (shared[WARNED]) return;
  shared[WARNED] = true;
  const [reason] = failure === undefined ? ['INFINIUM_BACKEND=wasm'] : String(failure).split('\n');
  const { spool_dir: spool, proxy } = JSON.parse(options);
  const ignored = [
    ['spoolDir', spool],
    ['the proxy', proxy],
  ].flatMap(([name, given]) => (given ? [name] : []));
  const without = ignored.length > 0 ? ` ${ignored.join(' and ')} cannot be used.` : '';
  say(
    'infinium-o2 runs without its addon, on WebAssembly and fetch: on the main thread, without a spool, and ' +
      `without sending while the process exits.${without} Reason: ${reason}`,
  );
}
