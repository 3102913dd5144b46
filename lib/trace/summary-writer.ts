import { MAX_SUMMARY_BIGINT, MAX_SUMMARY_DEPTH } from '../bridge/limits';
import { hide, isPlain, isSecretName, readMember, toJsonValue, UNREADABLE } from './summary-values';
import { SURROGATE } from './text';

/** Writes JSON until it is longer than a limit. */
export class SummaryWriter {
  text = '';
  /** Stops at this many UTF-16 units: one more than the limit, to detect that the text is cut. */
  private enough: number;
  /** The number of UTF-16 units that is always sufficient: a code point has at most two. */
  private maxUnits: number;
  /** The number of values that may still be visited, because some values write nothing. */
  private visits: number;
  private ancestors: object[] = [];
  /** The number of ancestors that are class instances. */
  private instances = 0;

  /** @param max Unicode code points */
  constructor(max: number) {
    this.enough = max + 1;
    this.maxUnits = 2 * this.enough;
    this.visits = 4 * max + 100;
  }

  /** @returns whether there was anything to write */
  write(value: unknown, key: string): boolean {
    this.visits -= 1;
    try {
      return this.writeValue(toJsonValue(value, key));
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

  private writeValue(value: unknown): boolean {
    switch (typeof value) {
      case 'string':
        this.text += JSON.stringify(value.slice(0, this.maxUnits));
        return true;
      case 'bigint':
        this.text +=
          value < MAX_SUMMARY_BIGINT && value > -MAX_SUMMARY_BIGINT ? `"${value}"` : '"[BigInt]"';
        return true;
      case 'number':
      case 'boolean':
        this.text += JSON.stringify(value);
        return true;
      case 'object':
        this.writeObject(value);
        return true;
      default:
        return false;
    }
  }

  private writeObject(value: object | null): void {
    if (value === null) {
      this.text += 'null';
    } else if (value instanceof Number || value instanceof String || value instanceof Boolean) {
      this.writeValue(value.valueOf());
    } else if (this.ancestors.includes(value)) {
      this.text += '"[Circular]"';
    } else if (this.ancestors.length >= MAX_SUMMARY_DEPTH) {
      this.text += '"[Deep]"';
    } else {
      this.writeMembersOf(value);
    }
  }

  private writeMembersOf(value: object): void {
    this.ancestors.push(value);
    const before = this.text;
    const isInstance = !isPlain(value);
    if (isInstance) this.instances += 1;
    try {
      if (Array.isArray(value)) this.writeItems(value);
      else this.writeMembers(value);
    } catch (error) {
      this.text = before;
      throw error;
    } finally {
      this.ancestors.pop();
      if (isInstance) this.instances -= 1;
    }
  }

  private writeItems(value: unknown[]): void {
    this.text += '[';
    for (let index = 0; index < value.length && !this.full; index += 1) {
      if (index > 0) this.text += ',';
      const written = this.write(readMember(value, index), String(index));
      if (!written) this.text += 'null';
    }
    this.text += ']';
  }

  private writeMembers(value: object): void {
    this.text += '{';
    let separator = '';
    // `Object.keys` would read all keys of a large object first.
    for (const key in value) {
      if (this.full) break;
      if (!Object.hasOwn(value, key)) continue;
      const before = this.text;
      this.text += `${separator}${JSON.stringify(key.slice(0, this.maxUnits))}:`;
      const hidden = this.instances > 0 && isSecretName(key);
      const member = readMember(value, key);
      if (this.write(hidden ? hide(member) : member, key)) separator = ',';
      else this.text = before;
    }
    this.text += '}';
  }
}
