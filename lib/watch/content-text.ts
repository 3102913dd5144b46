import { binaryLabel, withoutBinary, withoutDataUris } from '../trace/binary';
import { summarize } from '../trace/summarize';
import { arrayOf, isObject, nonEmptyString } from './facts';

/** Parts of a message to read, and levels of parts within parts. */
const MAX_PARTS = 100;
const MAX_LEVEL = 8;
const REASONING = /thinking|reasoning|^thought$/;

/**
 * Shows content of any provider as text: a text, a part, a message, or a list of them. Binary data becomes a
 * description, so that it does not fill the preview.
 *
 * @param max code points: more may be returned, but not much more, however large the content is
 */
export function contentText(content: unknown, max: number, level = 0): string {
  // A code point has at most two units. One more shows that the text is cut.
  const cut = (text: string) => text.slice(0, 2 * (max + 1));
  if (typeof content === 'string') return cut(withoutDataUris(content));
  if (!isObject(content) || level > MAX_LEVEL) return '';
  if (!Array.isArray(content)) return cut(partText(content, max, level + 1));
  // The tokens of a text.
  if (content.some(Number.isFinite)) return summarize(content, max) ?? '';
  let text = '';
  for (const part of content.slice(0, MAX_PARTS)) {
    if (text.length > 2 * max) break;
    const shown = contentText(part, max, level + 1);
    if (shown !== '') text += text === '' ? shown : ` ${shown}`;
  }
  return text;
}

/** Members of messages and parts that are a text and nothing else. */
const OF_TEXTS: readonly unknown[] = ['role', 'content', 'type', 'text'];
const TEXT_TYPES: readonly unknown[] = [undefined, 'text', 'input_text', 'output_text', 'message'];

/** The text of what most messages and parts are; undefined for others, which take longer to look at. */
function plainText(part: Record<string, any>): string | undefined {
  if (Object.getPrototypeOf(part) !== Object.prototype || !TEXT_TYPES.includes(part.type)) {
    return undefined;
  }
  for (const key in part) if (part[key] !== undefined && !OF_TEXTS.includes(key)) return undefined;
  const { content, text } = part;
  if (typeof text === 'string') return text;
  return text === undefined && typeof content === 'string' ? content : undefined;
}

function partText(part: Record<string, any>, max: number, level: number): string {
  const plain = plainText(part);
  if (plain !== undefined) return withoutDataUris(plain);
  if (part.thought === true || REASONING.test(part.type)) return '';
  if (part.reasoningContent || part.cachePoint) return '';
  const binary = binaryText(part, max, level);
  if (binary) return binary;
  if (typeof part.text === 'string') return withoutDataUris(part.text);
  const inner =
    part.content ||
    part.parts ||
    part.refusal ||
    part.audio?.transcript ||
    part.output ||
    part.toolResult?.content ||
    part.resource ||
    part.functionResponse?.response;
  const calls = [part, ...arrayOf(part.tool_calls ?? part.toolCalls)].map((call) =>
    callText(call, max),
  );
  const texts = [contentText(inner, max, level), ...calls].filter((text) => text);
  const isKnown = texts.length > 0 || 'role' in part || 'content' in part;
  return isKnown ? texts.join(' ') : otherText(part, max);
}

/** @returns a description of an image, an audio, a file or the like; undefined if the part is none */
function binaryText(part: Record<string, any>, max: number, level: number): string | undefined {
  const address = part.image_url ?? part.imageUrl;
  const image = address?.url ?? address;
  if (image) return uriText(image, 'image');
  const audio = part.input_audio;
  if (audio) return dataText(audio.data, `audio/${audio.format ?? 'unknown'}`);
  const bedrock = bedrockText(part);
  if (bedrock) return bedrock;
  const media = part.image ?? (part.mediaType ? part.data : undefined);
  if (media) return mediaText(media.data ?? media.url ?? media, part.mediaType ?? 'image');
  if (part.type === 'file' || part.type === 'input_file') {
    const file = part.file ?? part;
    return uriText(file.file_data ?? file.file_url ?? file.filename ?? file.file_id, 'file');
  }
  const { source } = part;
  if (source?.type === 'text') return contentText(source.data, max, level);
  if (source?.content) return contentText(source.content, max, level);
  if (source?.type === 'base64') return dataText(source.data, source.media_type);
  if (isObject(source)) return uriText(source.url ?? source.file_id, part.type);
  const inline =
    part.inlineData ?? part.inline_data ?? ((part.mime_type ?? part.mimeType) ? part : undefined);
  if (inline?.data) return dataText(inline.data, inline.mimeType ?? inline.mime_type);
  const uri = part.fileData?.fileUri ?? part.file_data?.file_uri ?? inline?.uri;
  return uri ? uriText(uri, 'file') : undefined;
}

/** Bedrock names a part for its kind, and the media type in the part: `{ image: { format, source } }`. */
function bedrockText(part: Record<string, any>): string | undefined {
  const kind = ['image', 'document', 'video', 'audio'].find((name) => isObject(part[name]?.source));
  if (!kind) return undefined;
  const { format, source } = part[kind];
  const { bytes, s3Location, text } = source;
  if (text) return contentText(text, MAX_PARTS);
  if (ArrayBuffer.isView(bytes))
    return binaryLabel(`${kind}/${format}`, (bytes.byteLength * 4) / 3);
  return bytes ? dataText(bytes, `${kind}/${format}`) : uriText(s3Location?.uri, kind);
}

/** Shows an image or a file of a message of the AI SDK: bytes, base64 or an address. */
function mediaText(media: unknown, type: string): string {
  if (ArrayBuffer.isView(media)) return binaryLabel(type, (media.byteLength * 4) / 3);
  const text = media instanceof URL ? String(media) : media;
  const isAddress = typeof text === 'string' && /^[a-z]+:/i.test(text.slice(0, 20));
  return isAddress ? uriText(text, type) : dataText(text, type);
}

function dataText(data: unknown, type: unknown): string {
  const name = nonEmptyString(type);
  return typeof data === 'string' ? binaryLabel(name, data.length) : `[${name ?? 'data'}]`;
}

/** Shows an address without what may be secret: the query, which may contain a signature, and a user's name. */
function uriText(uri: unknown, kind: string): string {
  if (typeof uri !== 'string') return `[${kind}]`;
  const [start, type] = /^data:([^;,]*)[^,]*,/.exec(uri.slice(0, 200)) ?? [];
  if (start) return binaryLabel(type || kind, uri.length - start.length);
  const shown = uri.slice(0, 200).replace(/[?#].*$/s, '');
  return `[${kind} ${shown.replace(/^(\w+:\/\/)[^/]*@/, '$1')}]`;
}

/** @returns a call of a tool, for example `get_weather({"city":"Paris"})`; undefined if the part is none */
function callText(part: any, max: number): string | undefined {
  const call = part?.functionCall ?? part?.toolUse ?? part?.function ?? part?.custom ?? part;
  const name = nonEmptyString(call?.name) ?? nonEmptyString(call?.toolName);
  const values = call?.arguments ?? call?.args ?? call?.input;
  if (!name || values === undefined) return undefined;
  const shown = typeof values === 'string' ? withoutDataUris(values) : values;
  return `${name}(${summarize(shown, max) ?? ''})`;
}

/** Shows a part of an unknown kind as JSON. */
function otherText(part: Record<string, any>, max: number): string {
  const shown: Record<string, unknown> = {};
  for (const key of Object.keys(part).slice(0, MAX_PARTS)) {
    const value = part[key];
    shown[key] = typeof value === 'string' ? withoutBinary(value) : value;
  }
  return summarize(shown, max) ?? '';
}
