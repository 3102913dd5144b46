import { misconfigured } from '../bridge/invalid';
import { warnOfUnknown } from '../bridge/unknown-options';

/** The option `redact`, as the native client takes it. It checks the names of presets and the texts. */
export interface Redaction {
  presets?: string[] | undefined;
  keys?: string[] | undefined;
  replacement?: string | undefined;
}

const MEMBERS = ['keys', 'presets', 'replacement'];

/** @param warns whether unknown members are a warning of the process */
export function readRedaction(value: unknown, warns: boolean): Redaction | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    misconfigured('redact', `must be an object with ${MEMBERS.join(', ')} (got ${kindOf(value)})`);
  }
  if (warns) warnOfUnknown(value, MEMBERS);
  const replacement = read(value as object, 'replacement');
  if (replacement !== undefined && typeof replacement !== 'string') {
    misconfigured('redact', `is wrong: replacement must be a string (got ${kindOf(replacement)})`);
  }
  return {
    presets: readTexts(value as object, 'presets'),
    keys: readTexts(value as object, 'keys'),
    replacement: replacement as string | undefined,
  };
}

function readTexts(holder: object, name: string): string[] | undefined {
  const value = read(holder, name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((text) => typeof text === 'string')) {
    misconfigured('redact', `is wrong: ${name} must be an array of strings (got ${kindOf(value)})`);
  }
  return [...(value as string[])];
}

function read(holder: object, name: string): unknown {
  try {
    return (holder as Record<string, unknown>)[name] ?? undefined;
  } catch (error) {
    return misconfigured('redact', `cannot be read: the getter of ${name} threw`, error);
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  return value === null ? 'null' : typeof value;
}
