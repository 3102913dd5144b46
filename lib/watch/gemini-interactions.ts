import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { Answer } from './answer';
import { arrayOf, finiteNumber, isObject, nonEmptyString } from './facts';
import { modelName } from './gemini-content';
import { guard } from './guard';
import { offeredTools } from './offered-tools';
import { previewInput } from './preview';
import { followPromise } from './promise';
import type { WatchSettings } from './provider';
import { type AnswerReader, reportTo, toFailure, UNEXPLAINED } from './reader';
import { recordCalls } from './record';
import { followStream } from './stream';
import { geminiUsage } from './usage';

/** The client creates `interactions` when it is first read, so it is patched then. */
export function patchInteractions(client: any, settings: WatchSettings): void {
  const own = Object.getOwnPropertyDescriptor(client, 'interactions');
  const getter = inheritedGetter(client, 'interactions');
  if (own || !getter) return;
  const patched = new WeakSet<object>();
  Object.defineProperty(client, 'interactions', {
    get() {
      const interactions = getter.call(client);
      if (isObject(interactions) && !patched.has(interactions)) {
        patched.add(interactions);
        guard(() => patchCreate(interactions, settings));
      }
      return interactions;
    },
    configurable: true,
    enumerable: false,
  });
}

function inheritedGetter(object: object, name: string): (() => unknown) | undefined {
  for (let holder = object; holder; holder = Object.getPrototypeOf(holder)) {
    const getter = Object.getOwnPropertyDescriptor(holder, name)?.get;
    if (getter) return getter;
  }
  return undefined;
}

function patchCreate(interactions: any, settings: WatchSettings): void {
  recordCalls(interactions, 'create', settings, {
    request: ([body]) => ({
      provider: 'google',
      model: modelName(body?.model) ?? nonEmptyString(body?.agent),
      temperature: finiteNumber(body?.generation_config?.temperature),
      toolNames: guard(() => offeredTools(body?.tools)),
      inputPreview: settings.captureContent
        ? guard(() => previewInput(body.input, body.system_instruction))
        : undefined,
    }),
    follow(result, call) {
      const reader = new InteractionReader(call, settings);
      reportTo(call, reader);
      return followPromise(result, call, (answer) => {
        if (followStream(answer, call, (event) => reader.chunk(event))) return;
        reader.whole(answer);
        call.end();
      });
    },
  });
}

/** Reads interactions: answers in steps. */
class InteractionReader implements AnswerReader {
  #answer: Answer;
  /** The interaction as far as it is known. */
  #known: Record<string, any> = {};
  #error: unknown;

  constructor(call: CallRecord, settings: WatchSettings) {
    this.#answer = new Answer(call, settings);
  }

  whole(interaction: any): void {
    Object.assign(this.#known, interaction);
    for (const step of arrayOf(interaction?.steps)) this.#step(step);
  }

  chunk(event: any): void {
    switch (event?.event_type) {
      case 'step.delta':
        this.#answer.began();
        if (event.delta?.type === 'text') this.#answer.addText(event.delta.text);
        break;
      case 'step.start':
        this.#step(event.step);
        break;
      case 'error':
        this.#error = event.error;
        break;
      default:
        // The lifecycle of an interaction. The last event may lack what an earlier one had.
        Object.assign(this.#known, event?.interaction);
    }
  }

  facts(): CallFacts {
    const { model, agent, id, status, usage } = this.#known;
    return {
      servedModel: modelName(model) ?? nonEmptyString(agent),
      responseId: nonEmptyString(id),
      finishReason: status === 'in_progress' ? undefined : nonEmptyString(status),
      ...geminiUsage({
        prompt: usage?.total_input_tokens,
        toolPrompt: usage?.total_tool_use_tokens,
        candidates: usage?.total_output_tokens,
        thoughts: usage?.total_thought_tokens,
        cached: usage?.total_cached_tokens,
        total: usage?.total_tokens,
        modalities: [
          usage?.input_tokens_by_modality,
          usage?.tool_use_tokens_by_modality,
          usage?.output_tokens_by_modality,
        ],
      }),
      ...this.#answer.facts(),
    };
  }

  failure(): unknown {
    const { status, errors } = this.#known;
    const failed = status === 'failed' ? (toFailure(errors?.[0]) ?? UNEXPLAINED) : undefined;
    return toFailure(this.#error) ?? failed;
  }

  #step(step: any): void {
    if (step?.type === 'model_output') this.#answer.addContent(step.content);
    if (/_call$/.test(step?.type)) {
      this.#answer.addTool(step.name ?? step.type, step.id, step.arguments);
    }
  }
}
