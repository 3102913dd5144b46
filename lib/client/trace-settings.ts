import type { EnvironmentContext, ModelPrice } from '../../index';
import { misconfigured } from '../bridge/invalid';
import type { ClientSettings } from '../bridge/settings';
import { copy } from '../trace/copy';

type Config = Record<string, unknown>;

const PRICES: (keyof ModelPrice)[] = [
  'input',
  'output',
  'cachedInput',
  'cacheCreation',
  'reasoning',
];

/** What a wrong value is compared with. */
const EXAMPLES: Record<string, string> = {
  environment: "{ framework: 'express', customTags: { stage: 'test' } }",
  prices: "{ 'gpt-4o-mini': { input: 0.15, output: 0.6 } }",
};

/** Reads the options about traces. */
export function readTraceSettings(
  config: Config,
): Omit<ClientSettings, 'enabled' | 'quiet' | 'maxConcurrency'> {
  return {
    environment: readObject(config, 'environment') as EnvironmentContext | undefined,
    sampleRate: readSampleRate(config),
    beforeSend: readBeforeSend(config),
    prices: readPrices(config),
  };
}

function read(config: Config, key: string): unknown {
  try {
    return config[key] ?? undefined;
  } catch (error) {
    return misconfigured(key, 'cannot be read: its getter threw', error);
  }
}

/** Returns a copy that can be sent. */
function readObject(config: Config, key: string): object | undefined {
  const value = read(config, key);
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) {
    const got = Array.isArray(value) ? 'an array' : typeof value;
    misconfigured(key, `must be an object such as ${EXAMPLES[key]} (got ${got})`);
  }
  try {
    JSON.stringify(value);
    return copy(value as object);
  } catch (error) {
    return misconfigured(key, 'cannot be converted to JSON', error);
  }
}

function readSampleRate(config: Config): number {
  const rate = read(config, 'sampleRate') ?? 1;
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
    misconfigured('sampleRate', `must be a number between 0 and 1 (got ${String(rate)})`);
  }
  return rate as number;
}

function readBeforeSend(config: Config): ClientSettings['beforeSend'] {
  const beforeSend = read(config, 'beforeSend');
  if (beforeSend !== undefined && typeof beforeSend !== 'function') {
    misconfigured('beforeSend', `must be a function (got ${typeof beforeSend})`);
  }
  return beforeSend as ClientSettings['beforeSend'];
}

function readPrices(config: Config): ClientSettings['prices'] {
  const prices = readObject(config, 'prices') as Record<string, any> | undefined;
  for (const [model, price] of Object.entries(prices ?? {})) {
    for (const key of PRICES) {
      const value = price?.[key];
      const isMissing = (value ?? undefined) === undefined;
      if (
        isMissing ? key === 'input' || key === 'output' : !(Number.isFinite(value) && value >= 0)
      ) {
        const rule = 'must be US dollars per million tokens, 0 or more';
        misconfigured(
          'prices',
          `is wrong: ${key} of ${JSON.stringify(model)} ${rule} (got ${String(value)})`,
        );
      }
    }
  }
  return prices;
}
