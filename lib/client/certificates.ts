/** The first byte of a certificate in DER: an ASN.1 sequence. */
const DER = 0x30;

/**
 * Returns a certificate as PEM, in whatever way Node.js programs hold it: as text, with a byte order mark, with `\n`
 * spelled out as environment variables have it, or as bytes of PEM or DER. Returns undefined for anything else.
 */
export function toPem(value: unknown): string | undefined {
  if (typeof value === 'string') return cleaned(value);
  if (!(value instanceof Uint8Array) && !ArrayBuffer.isView(value)) return undefined;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (bytes[0] !== DER) return cleaned(bytes.toString('utf8'));
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function cleaned(text: string): string {
  const bare = text.replace(/^\ufeff/, '');
  return bare.includes('\n') ? bare : bare.replaceAll('\\r', '').replaceAll('\\n', '\n');
}
