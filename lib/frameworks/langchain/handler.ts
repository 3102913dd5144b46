import type { Frame } from '../../trace/context';
import { arrayOf, isObject, nonEmptyString } from '../../watch/facts';
import { ModelCall, Recorder } from '../common';
import { isInterrupt, isSignal, kindOf, nameOf } from './chain';
import { parseInput, toInput, toMessage, toolOutput, toValue } from './content';
import { runningRunId } from './context';
import { answerFacts, answerOf, answerText, requestFacts } from './model';
import { find } from './runs';
import { checkId } from './shape';
import { type Start, Tracker } from './tracker';
import { lastText } from './waiting';

/**
 * Records what runs in LangChain and LangGraph. It has the shape of LangChain's handlers, and works with every copy
 * and version of LangChain that a program loads.
 */
export class InfiniumCallbackHandler {
  readonly name = 'infinium';
  readonly raiseError = false;
  readonly ignoreLLM = false;
  readonly ignoreChain = false;
  readonly ignoreAgent = false;
  readonly ignoreRetriever = false;
  readonly ignoreCustomEvent = true;
  readonly #tracker: Tracker;
  /** The run that LangChain was in when it read `awaitHandlers`. */
  #aroundId: string | undefined;

  /** @throws {ValidationError} an argument is wrong */
  constructor(client?: object, options?: { captureContent?: boolean }) {
    this.#tracker = new Tracker(new Recorder('LangChain', client, options));
  }

  /**
   * True, so that LangChain calls the handler at the time of an event. LangChain reads it right before, still in the
   * context of what runs; the handler itself is called outside of that.
   */
  get awaitHandlers(): boolean {
    this.#aroundId = runningRunId();
    return true;
  }

  /** False. LangChain reads it right before it calls a model, in the function that does. */
  get lc_prefer_streaming(): boolean {
    this.#tracker.callsModel();
    return false;
  }

  copy(): this {
    return this;
  }

  // LangChain passes these values by their position.
  handleChainStart(...[chain, inputs, id, parentId, tags, metadata, runType, name]: any[]): void {
    this.#tracker.begin(this.#start(id, parentId, metadata), ({ parent }) => {
      const kind = kindOf({ serialized: chain, name, runType, tags });
      // A run that was given callbacks of its own is one that the user has begun.
      const isRoot = !parent || parentId === undefined;
      if (!isRoot && kind === undefined) return undefined;
      const { thread_id, langgraph_step } = metadata ?? {};
      const session = isRoot && thread_id !== undefined ? String(thread_id) : undefined;
      return {
        action: isRoot ? 'agent' : (kind as string),
        name: nameOf(chain, name, 'chain'),
        input: this.#content.input ? toValue(inputs) : undefined,
        session,
        metadata: known({
          thread_id: session,
          langgraph_step: kind === 'node' ? langgraph_step : undefined,
        }),
      };
    });
  }

  handleChainEnd(...[outputs, id]: any[]): void {
    this.#tracker.end(id, () => ({
      output: this.#content.output ? toValue(outputs) : undefined,
      metadata: outputs?.__interrupt__?.length > 0 ? { interrupted: true } : undefined,
    }));
  }

  handleChainError(...[error, id]: any[]): void {
    this.#fail(id, error);
  }

  handleToolStart(...[tool, input, id, parentId, , metadata, name, toolCallId]: any[]): void {
    this.#tracker.begin(this.#start(id, parentId, metadata), () => ({
      action: 'tool_call',
      name: nameOf(tool, name, 'tool'),
      // Older versions do not say which request of the model this answers: it is found by its arguments.
      input: parseInput(input),
      toolCallId: nonEmptyString(toolCallId),
    }));
  }

  handleToolEnd(...[output, id]: any[]): void {
    this.#tracker.end(id, () => ({
      output: toolOutput(output),
      // Older versions name the request only in the answer.
      metadata: isObject(output) ? known({ tool_call_id: output.tool_call_id }) : undefined,
    }));
  }

  handleToolError(...[error, id]: any[]): void {
    this.#fail(id, error);
  }

  handleRetrieverStart(...[retriever, query, id, parentId, , metadata, name]: any[]): void {
    this.#tracker.begin(this.#start(id, parentId, metadata), () => ({
      action: 'retrieval',
      name: nameOf(retriever, name, 'retriever'),
      input: query,
    }));
  }

  handleRetrieverEnd(...[documents, id]: any[]): void {
    this.#tracker.end(id, () => ({
      output: arrayOf(documents).map((document) => document?.pageContent),
      metadata: { documents: arrayOf(documents).length },
    }));
  }

  handleRetrieverError(...[error, id]: any[]): void {
    this.#fail(id, error);
  }

  handleChatModelStart(...[model, messages, id, parentId, extra, , metadata, name]: any[]): void {
    const [request] = arrayOf(messages);
    this.#startCall({ model, request, extra, metadata, name }, this.#start(id, parentId, metadata));
  }

  handleLLMStart(...[model, prompts, id, parentId, extra, , metadata, name]: any[]): void {
    const [request] = arrayOf(prompts);
    this.#startCall({ model, request, extra, metadata, name }, this.#start(id, parentId, metadata));
  }

  handleLLMNewToken(...[token, , id, , , fields]: any[]): void {
    const run = find(id);
    run?.heard(() => token !== '' || fields?.chunk?.message?.tool_call_chunks?.length > 0);
  }

  handleLLMEnd(...[output, id, , , extra]: any[]): void {
    this.#tracker.end(id, ({ call }) => {
      const text = this.#content.output ? answerText(output) : undefined;
      call?.setOutput(text);
      call?.keepSecret(answerOf(output));
      return { facts: answerFacts(output, extra?.cached === true), output: text };
    });
  }

  handleLLMError(...[error, id]: any[]): void {
    this.#fail(id, error);
  }

  get #content() {
    return this.#tracker.recorder.content;
  }

  #start(id: string, parentId: string | undefined, metadata: unknown): Start {
    const aroundId = this.#aroundId;
    this.#aroundId = undefined;
    checkId(id);
    return { id, parentId, aroundId, metadata };
  }

  #startCall({ model, request, extra, metadata, name }: any, start: Start): void {
    const content = this.#content;
    // A conversation may be long, and most calls need no more than its end.
    const trace = () => ({
      name: nameOf(model, name, 'model'),
      input: content.input ? toInput(request) : undefined,
    });
    const begin = (frame: Frame) => {
      const facts = requestFacts(model, extra, metadata);
      const call = new ModelCall(frame, content, facts, { request, convert: toInput });
      call.setInput(request, undefined, toMessage);
      return call;
    };
    this.#tracker.beginCall(start, trace, extra, begin, () => lastText(request));
  }

  #fail(id: string, error: unknown): void {
    this.#tracker.end(id, () => {
      if (!isSignal(error)) return { error };
      return isInterrupt(error) ? { metadata: { interrupted: true } } : {};
    });
  }
}

/** @returns the members that have values; undefined if there are none */
function known(members: Record<string, unknown>): Record<string, unknown> | undefined {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
