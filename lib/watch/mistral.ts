import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { finiteNumber, nonEmptyString } from './facts';
import { guard } from './guard';
import { MistralChatReader, MistralConversationReader, MistralMediaReader } from './mistral-answer';
import { offeredTools } from './offered-tools';
import { previewInput } from './preview';
import type { WatchSettings } from './provider';
import { type AnswerReader, followAnswer } from './reader';
import { recordCalls } from './record';

/** Methods that call a model. None of them calls another. */
interface Surface {
  /** The members that lead from the client to the holder of the methods. */
  path: string[];
  methods: string[];
  Reader: new (call: CallRecord, settings: WatchSettings) => AnswerReader;
  purpose?: string;
}

const SURFACES: readonly Surface[] = [
  {
    path: ['chat'],
    methods: ['complete', 'stream', 'parse', 'parseStream'],
    Reader: MistralChatReader,
  },
  { path: ['fim'], methods: ['complete', 'stream'], Reader: MistralChatReader },
  { path: ['agents'], methods: ['complete', 'stream'], Reader: MistralChatReader },
  {
    path: ['beta', 'conversations'],
    methods: ['start', 'startStream', 'append', 'appendStream', 'restart', 'restartStream'],
    Reader: MistralConversationReader,
  },
  {
    path: ['embeddings'],
    methods: ['create'],
    Reader: MistralMediaReader,
    purpose: 'embedding',
  },
];

const CONTINUED = /^conversation(Append|Restart)(Stream)?Request$/;

export function patchClient(client: any, settings: WatchSettings): void {
  for (const { path, methods, Reader, purpose } of SURFACES) {
    const holder = guard(() => path.reduce((owner, member) => owner[member], client));
    if (!holder) continue;
    for (const method of methods) {
      recordCalls(holder, method, settings, {
        request: ([body]) => requestFacts(body, settings, purpose),
        follow: (result, call) => followAnswer(result, call, new Reader(call, settings)),
      });
    }
  }
}

function requestFacts(
  given: any,
  { captureContent }: WatchSettings,
  purpose: string | undefined,
): CallFacts {
  // The body of a call that continues a conversation is a member of its own.
  const member = Object.keys(given ?? {}).find((key) => CONTINUED.test(key));
  const body = member === undefined ? given : given[member];
  const options = body?.completionArgs ?? body;
  return {
    provider: 'mistral',
    model: nonEmptyString(body?.model),
    temperature: finiteNumber(options?.temperature),
    toolNames: guard(() => offeredTools(body?.tools)),
    inputPreview: captureContent
      ? guard(() => previewInput(body.messages ?? body.prompt ?? body.inputs, body.instructions))
      : undefined,
    purpose,
  };
}
