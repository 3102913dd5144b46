import type { CallFacts } from '../trace/call-facts';
import { CohereReader } from './cohere-answer';
import { arrayOf, finiteNumber, nonEmptyString } from './facts';
import { guard } from './guard';
import { providerOfClass } from './hosts';
import { offeredTools } from './offered-tools';
import { previewInput } from './preview';
import type { WatchSettings } from './provider';
import { followAnswer } from './reader';
import { recordCalls } from './record';

/** The methods that call a model, by their names, with what they are for. */
const METHODS: readonly [name: string, purpose?: string][] = [
  ['chat'],
  ['chatStream'],
  ['generate'],
  ['generateStream'],
  ['embed', 'embedding'],
  ['rerank', 'rerank'],
];

/** The client of the first version of the API has the second one as a member. Their methods have the same names. */
export function patchClient(client: any, settings: WatchSettings): void {
  for (const holder of [client, guard(() => client.v2)]) {
    if (!holder) continue;
    for (const [name, purpose] of METHODS) {
      recordCalls(holder, name, settings, {
        request: ([body]) => requestFacts(client, body, settings, purpose),
        follow: (result, call) => followAnswer(result, call, new CohereReader(call, settings)),
      });
    }
  }
}

function requestFacts(
  client: any,
  body: any,
  { captureContent }: WatchSettings,
  purpose: string | undefined,
): CallFacts {
  return {
    // AWS runs these models, too: there are clients for that.
    provider: guard(() => providerOfClass(client)) ?? 'cohere',
    model: nonEmptyString(body?.model),
    temperature: finiteNumber(body?.temperature),
    toolNames: guard(() => offeredTools(body?.tools)),
    inputPreview: captureContent
      ? guard(() => previewInput(inputOf(body), body.preamble))
      : undefined,
    purpose,
  };
}

/** @returns what a request of either version gives to the model */
function inputOf(body: any): unknown {
  if (body.message === undefined) {
    return body.messages ?? body.prompt ?? body.query ?? body.texts ?? body.inputs;
  }
  const messages = [
    ...arrayOf(body.chatHistory).slice(-1),
    { role: 'user', message: body.message },
  ];
  return messages.map(({ role, message }) => ({ role: role?.toLowerCase(), content: message }));
}
