// What texts show in place of binary data, which nobody can read and which would fill them.
const BYTES_PER_KB = 1024;
/** A shorter run of base64 characters may be a word. */
const MIN_BASE64 = 256;
const DATA_URI = /data:([\w.+-]+\/[\w.+-]+)?(?:;[\w.+-]+=[^;,"'\s]*)*;base64,([A-Za-z0-9+/_-]*=*)/g;
const BASE64 = /^(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[A-Za-z0-9+/_-]+=*$/;

/**
 * Describes binary data, for example `[image/png, 231 KB]`.
 *
 * @param type the media type, or another name of the kind
 * @param base64Length the number of base64 characters
 */
export function binaryLabel(type: string | undefined, base64Length: number): string {
  const bytes = (base64Length * 3) / 4;
  return `[${type ?? 'data'}, ${Math.max(1, Math.round(bytes / BYTES_PER_KB))} KB]`;
}

/** Replaces the data URIs in a text by descriptions. */
export function withoutDataUris(text: string): string {
  if (!text.includes(';base64,')) return text;
  return text.replace(DATA_URI, (_uri, type, data) => binaryLabel(type, data.length));
}

/** Replaces a text that is nothing but base64, and the data URIs in any other text, by descriptions. */
export function withoutBinary(text: string): string {
  return isBase64(text) ? binaryLabel('base64', text.length) : withoutDataUris(text);
}

/** Looks at the beginning and the end only, because the text may be large. */
function isBase64(text: string): boolean {
  return (
    text.length >= MIN_BASE64 &&
    BASE64.test(text.slice(0, MIN_BASE64)) &&
    BASE64.test(text.slice(-MIN_BASE64))
  );
}
