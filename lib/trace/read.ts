/** @returns undefined if the property cannot be read */
export function read(holder: any, key: string): any {
  try {
    return holder[key];
  } catch {
    return undefined;
  }
}

export function toText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'unreadable';
  }
}
