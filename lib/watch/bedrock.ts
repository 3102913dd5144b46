import { isUint8Array } from 'node:util/types';
import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { BodyReader, parseBody } from './bedrock-body';
import { ConverseReader } from './bedrock-converse';
import { finiteNumber, nonEmptyString } from './facts';
import { guard } from './guard';
import { offeredTools } from './offered-tools';
import { previewInput } from './preview';
import { followPromise } from './promise';
import type { WatchSettings } from './provider';
import { type AnswerReader, reportTo } from './reader';
import { recordCalls } from './record';
import { followStream } from './stream';

/** An operation that calls a model. */
interface Operation {
  Reader: new (call: CallRecord, settings: WatchSettings) => AnswerReader;
  /** @returns the request in the input of the command */
  request(input: any): any;
  /** @returns the answer, or the stream, in the output */
  answer(output: any): unknown;
  /** @returns a chunk of the answer in an event of the stream */
  chunk(event: any): unknown;
}

const converse: Operation = {
  Reader: ConverseReader,
  request: (input) => input,
  answer: (output) => output.stream ?? output,
  chunk: (event) => event,
};
const invoke: Operation = {
  Reader: BodyReader,
  request: (input) => parseBody(input.body),
  answer: ({ body }) => (isUint8Array(body) ? parseBody(body) : body),
  chunk: (event) => parseBody(event.chunk?.bytes),
};

const OPERATIONS = new Map([
  ['Converse', converse],
  ['ConverseStream', converse],
  ['InvokeModel', invoke],
  ['InvokeModelWithResponseStream', invoke],
]);

/** All methods of a client, and of one that has a method for each command, call `send`. */
export function patchClient(client: any, settings: WatchSettings): void {
  recordCalls(client, 'send', settings, {
    records: ([command]) => operationOf(command) !== undefined,
    request: ([command]) => requestFacts(command, settings),
    content: ([{ input }]) => ({ ...input, body: parseBody(input.body) ?? input.body }),
    callback(values, call) {
      const place = values.findIndex((value) => typeof value === 'function');
      if (place < 0) return undefined;
      const observe = observer(values[0], call, settings);
      const callback = values[place];
      const observed = function (this: unknown, ...outcome: any[]) {
        guard(() => (outcome[0] ? call.fail(outcome[0]) : observe(outcome[1])));
        return Reflect.apply(callback, this, outcome);
      };
      return values.map((value, index) => (index === place ? observed : value));
    },
    follow: (result, call, [command]) =>
      followPromise(result, call, observer(command, call, settings)),
  });
}

/** @returns a function that observes the output of a command */
function observer(command: any, call: CallRecord, settings: WatchSettings): (output: any) => void {
  const { Reader, answer, chunk } = operationOf(command) as Operation;
  const reader = new Reader(call, settings);
  reportTo(call, reader);
  return (output) => {
    // The answers of most models have no id of their own.
    call.update({ responseId: nonEmptyString(output?.$metadata?.requestId) });
    const given = answer(output);
    if (followStream(given, call, (event) => reader.chunk(chunk(event)))) return;
    reader.whole(given);
    call.end();
  };
}

/** Knows a command without its package: by the name in its schema, or else by its classes, as older ones have it. */
function operationOf(command: any): Operation | undefined {
  const name = guard(() => command.schema[2]);
  if (typeof name === 'string') return OPERATIONS.get(name);
  for (let each = command; each; each = Object.getPrototypeOf(each)) {
    const found = OPERATIONS.get(String(each.constructor?.name).replace(/Command$/, ''));
    if (found) return found;
  }
  return undefined;
}

function requestFacts(command: any, { captureContent }: WatchSettings): CallFacts {
  const { input } = command;
  const model = nonEmptyString(input?.modelId);
  const body = guard(() => operationOf(command)?.request(input)) ?? {};
  const options = body.inferenceConfig ?? body.textGenerationConfig ?? body;
  return {
    provider: 'bedrock',
    model,
    temperature: finiteNumber(options.temperature),
    toolNames: guard(() => offeredTools(body.toolConfig?.tools ?? body.tools)),
    inputPreview: captureContent
      ? guard(() => previewInput(inputOf(body), body.system ?? body.preamble))
      : undefined,
    purpose: purposeOf(model),
  };
}

/** @returns what a request gives to a model, whichever model it is */
function inputOf(body: any): unknown {
  const { messages, prompt, inputText, message, texts, query } = body;
  return messages ?? prompt ?? inputText ?? message ?? texts ?? query;
}

function purposeOf(model: string | undefined): string | undefined {
  if (/embed/.test(model ?? '')) return 'embedding';
  return /rerank/.test(model ?? '') ? 'rerank' : undefined;
}
