import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import type { ToolRequest } from '../trace/tool-requests';
import { contentText } from './content-text';
import { nonEmptyString } from './facts';
import { MAX_PREVIEW, previewText } from './preview';
import type { WatchSettings } from './provider';

/** Collects a model's answer: the text, piece by piece, and the tools that it requested. */
export class Answer {
  #call: CallRecord;
  #captureContent: boolean;
  #text = '';
  #tools: ToolRequest[] = [];
  #firstTokenMs: number | undefined;

  constructor(call: CallRecord, { captureContent }: WatchSettings) {
    this.#call = call;
    this.#captureContent = captureContent;
  }

  /** Notes the time of the first chunk that has content. */
  began(): void {
    if (this.#firstTokenMs === undefined) this.#firstTokenMs = this.#call.elapsedMs();
  }

  /** @param piece a piece of the text; other values are ignored */
  addText(piece: unknown): void {
    if (!this.#captureContent || typeof piece !== 'string') return;
    // Keeps more than the limit, to detect that the preview is cut.
    if (this.#text.length <= 2 * MAX_PREVIEW) this.#text += piece;
  }

  /** @param content a part, or a list of them, that may be an image or the like */
  addContent(content: unknown): void {
    if (this.#captureContent) this.addText(contentText(content, MAX_PREVIEW));
  }

  /**
   * @param id of the request
   * @param args as JSON, or as the value; a stream may add to them later
   */
  addTool(name: unknown, id?: unknown, args?: unknown): ToolRequest | undefined {
    const tool = nonEmptyString(name);
    if (!tool) return undefined;
    const request = { name: tool, id: nonEmptyString(id), args };
    this.#tools.push(request);
    return request;
  }

  facts(): CallFacts {
    return {
      outputPreview: previewText(this.#text),
      toolCalls: this.#tools.map(({ name }) => name),
      toolRequests: this.#tools,
      timeToFirstTokenMs: this.#firstTokenMs,
    };
  }
}
