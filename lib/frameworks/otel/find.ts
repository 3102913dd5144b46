import { finiteNumber, nonEmptyString } from '../../watch/facts';
import type { Attributes } from './api';

/** Values of attributes are numbers, or texts of numbers in some instrumentations. */
export function findNumber(attributes: Attributes, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = attributes[name];
    const number =
      typeof value === 'string' && value.trim() !== '' ? Number(value) : finiteNumber(value);
    if (number !== undefined && Number.isFinite(number) && number >= 0) return number;
  }
  return undefined;
}

/** The first of several values, where there is a list. */
export function findText(attributes: Attributes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes[name];
    const text = nonEmptyString(Array.isArray(value) ? value[0] : value);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Longer texts are not parsed. */
const MAX_JSON = 2_000_000;

/** The value of a text that is JSON; otherwise the text. */
export function parse(text: unknown): unknown {
  if (typeof text !== 'string' || text.length > MAX_JSON || !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
