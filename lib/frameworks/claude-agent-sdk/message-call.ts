import { monotonic } from '../../bridge/time';
import type { ToolRequest } from '../../trace/tool-requests';
import { arrayOf, isObject, nonEmptyString } from '../../watch/facts';
import { anthropicUsage } from '../../watch/usage';
import type { ModelCall, Operation } from '../common';

/** What a call begins with. */
export interface MessageCallOptions {
  /** The agent whose call it is. */
  agent: Operation;
  model: unknown;
  toolNames: string[] | undefined;
  /** What goes in. */
  input: unknown;
  /** When the request was sent, as far as it is known. */
  since: number;
}

/** One answer of the model, which arrives as several messages with the same id. */
export class MessageCall {
  readonly call: ModelCall;
  readonly model: string | undefined;
  /** When its last message has arrived. */
  lastAt = monotonic();
  readonly #since: number;
  readonly #usage: Record<string, any> = {};
  readonly #requests: ToolRequest[] = [];
  #text = '';
  /** Characters of the answer, of every kind. */
  #written = 0;
  #finishReason: string | undefined;
  #firstTokenMs: number | undefined;

  constructor(
    readonly id: string,
    { agent, model, toolNames, input, since }: MessageCallOptions,
  ) {
    this.model = nonEmptyString(model);
    this.#since = since;
    const facts = { provider: 'anthropic', model: this.model, responseId: id, toolNames };
    this.call = agent.startCall(facts, { request: input });
    if (this.call.content.input) this.call.setInput(input);
  }

  /**
   * Adds a message, which has one block of the answer, or all of them.
   *
   * @returns the tools that it asks for
   */
  add(message: any): any[] {
    this.lastAt = monotonic();
    this.#count(message.usage);
    this.#finishReason = nonEmptyString(message.stop_reason) ?? this.#finishReason;
    const tools: any[] = [];
    for (const block of arrayOf(message.content)) {
      this.#written +=
        (block?.text ?? block?.thinking ?? JSON.stringify(block?.input))?.length ?? 0;
      if (block?.type === 'text') this.#text += block.text;
      const isNew = !this.#requests.some(({ id }) => id === block?.id);
      // Tools of the provider have run when their request arrives.
      if (block?.type !== 'tool_use' || !isNew) continue;
      this.#requests.push({ name: String(block.name), id: block.id, args: block.input });
      tools.push(block);
    }
    if (tools.length > 0) {
      const toolCalls = this.#requests.map(({ name }) => name);
      this.call.update({ toolRequests: this.#requests, toolCalls });
    }
    return tools;
  }

  /** Adds an event of the stream in which the answer arrives. */
  addEvent({ event, ttft_ms: first }: any): void {
    this.lastAt = monotonic();
    if (event.type === 'content_block_delta') {
      this.#firstTokenMs ??= typeof first === 'number' ? first : this.lastAt - this.#since;
    }
    if (event.type !== 'message_delta') return;
    this.#count(event.usage);
    this.#finishReason = nonEmptyString(event.delta?.stop_reason) ?? this.#finishReason;
  }

  end(): void {
    this.call.setOutput(this.#text);
    this.call.end({
      facts: {
        ...anthropicUsage(this.#usage),
        finishReason: this.#finishReason,
        timeToFirstTokenMs: this.#firstTokenMs,
      },
      durationMs: this.lastAt - this.#since,
    });
  }

  /**
   * Shares out the tokens that the model has written in a turn. Messages tell only those that were written when the
   * answer began, unless partial messages are asked for.
   *
   * @param calls of the turn
   * @param total as the result of the turn tells it
   */
  static shareOut(calls: MessageCall[], total: number): void {
    const written = (call: MessageCall) => anthropicUsage(call.#usage).completionTokens ?? 0;
    const open = calls.filter((call) => call.#finishReason === undefined);
    const missing = total - calls.reduce((sum, call) => sum + written(call), 0);
    const weights = open.reduce((sum, call) => sum + call.#written, 0);
    if (missing <= 0 || weights === 0) return;
    let left = missing;
    for (const [index, call] of open.entries()) {
      const isLast = index === open.length - 1;
      const share = isLast ? left : Math.round((missing * call.#written) / weights);
      left -= share;
      const metadata = open.length > 1 ? { completion_tokens_estimated: true } : undefined;
      call.call.update({ completionTokens: written(call) + share, metadata });
    }
  }

  /** The messages of one answer repeat its usage, and the last counts are the highest. */
  #count(usage: any): void {
    for (const [key, value] of Object.entries(isObject(usage) ? usage : {})) {
      const known = this.#usage[key];
      if (typeof value === 'number') this.#usage[key] = Math.max(value, known ?? 0);
      else if (value !== null) this.#usage[key] = value;
    }
  }
}
