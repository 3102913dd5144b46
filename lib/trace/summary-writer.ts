import { MAX_SUMMARY_DEPTH } from '../bridge/limits';
import { withoutDataUris } from './binary';
import { hideInText } from './hide-text';
import {
  HIDDEN,
  type Hides,
  hidesOfItem,
  hidesOfMember,
  Listed,
  readMember,
  toJsonValue,
  UNREADABLE,
} from './summary-values';
import { SURROGATE } from './text';

/** Writes JSON until it is longer than a limit. Secrets are hidden. */
export class SummaryWriter {
  text = '';
  /** Stops at this many UTF-16 units: one more than the limit, to detect that the text is cut. */
  private enough: number;
  /** The number of UTF-16 units that is always sufficient: a code point has at most two. */
  private maxUnits: number;
  /** The number of values that may still be visited, because some values write nothing. */
  private visits: number;
  private ancestors: object[] = [];

  /** @param max Unicode code points */
  constructor(max: number) {
    this.enough = max + 1;
    this.maxUnits = 2 * this.enough;
    this.visits = 4 * max + 100;
  }

  /**
   * @returns whether there was anything to write
   */
  write(value: unknown, key: string, hides: Hides = 'nothing'): boolean {
    this.visits -= 1;
    try {
      return this.writeValue(toJsonValue(value, key), hides);
    } catch {
      this.text += `"${UNREADABLE}"`;
      return true;
    }
  }

  private get full(): boolean {
    if (this.visits <= 0) return true;
    if (this.text.length < this.enough) return false;
    if (SURROGATE.test(this.text)) this.enough = this.maxUnits;
    return this.text.length >= this.enough;
  }

  private writeValue(value: unknown, hides: Hides): boolean {
    switch (typeof value) {
      case 'string':
        this.text += JSON.stringify(
          isHidden(value, hides) ? HIDDEN : shorten(value, this.maxUnits),
        );
        return true;
      case 'bigint':
      case 'symbol':
        // What `toJSON` returned.
        return this.write(value, '', hides);
      case 'number':
        this.text += JSON.stringify(hides === 'everything' ? HIDDEN : value);
        return true;
      case 'boolean':
        this.text += JSON.stringify(value);
        return true;
      case 'object':
        this.writeObject(value, hides);
        return true;
      default:
        return false;
    }
  }

  private writeObject(value: object | null, hides: Hides): void {
    if (value === null) {
      this.text += 'null';
    } else if (hides === 'everything') {
      this.text += `"${HIDDEN}"`;
    } else if (this.ancestors.includes(value)) {
      this.text += '"[Circular]"';
    } else if (this.ancestors.length >= MAX_SUMMARY_DEPTH) {
      this.text += '"[Deep]"';
    } else {
      this.writeMembersOf(value, hides);
    }
  }

  private writeMembersOf(value: object, hides: Hides): void {
    this.ancestors.push(value);
    const before = this.text;
    try {
      if (value instanceof Listed) this.writeListed(value, hides);
      else if (Array.isArray(value)) this.writeItems(value, hides);
      else this.writeMembers(value, hides);
    } catch (error) {
      this.text = before;
      throw error;
    } finally {
      this.ancestors.pop();
    }
  }

  private writeItems(value: unknown[], hides: Hides): void {
    this.text += '[';
    for (let index = 0; index < value.length && !this.full; index += 1) {
      if (index > 0) this.text += ',';
      const own = hides === 'nothing' ? hidesOfItem(value, index) : hides;
      const written = this.write(readMember(value, index), String(index), own);
      if (!written) this.text += 'null';
    }
    this.text += ']';
  }

  private writeListed({ values }: Listed, hides: Hides): void {
    this.text += '[';
    let separator = '';
    while (!this.full) {
      const { done, value } = values.next();
      if (done) break;
      this.text += separator;
      if (!this.write(value, '', hides)) this.text += 'null';
      separator = ',';
    }
    this.text += ']';
  }

  private writeMembers(value: object, hides: Hides): void {
    this.text += '{';
    let separator = '';
    // `Object.keys` would read all keys of a large object first.
    for (const key in value) {
      if (this.full) break;
      if (!Object.hasOwn(value, key)) continue;
      const before = this.text;
      this.text += `${separator}${JSON.stringify(shorten(key, this.maxUnits))}:`;
      const own = hides === 'nothing' ? hidesOfMember(value, key) : hides;
      if (this.write(readMember(value, key), key, own)) separator = ',';
      else this.text = before;
    }
    this.text += '}';
  }
}

/** Whether a text is hidden. A count may be written as a text. */
function isHidden(text: string, hides: Hides): boolean {
  return hides === 'everything' || (hides === 'texts' && !/^\d*$/.test(text));
}

/** Shortens a text to what there is room for, without secrets and binary data. */
export function shorten(text: string, maxUnits: number): string {
  return hideInText(withoutDataUris(text.slice(0, maxUnits)));
}
