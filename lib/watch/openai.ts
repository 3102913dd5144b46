import type { CallFacts } from '../trace/call-facts';
import type { CallRecord } from '../trace/call-record';
import { finiteNumber, nonEmptyString } from './facts';
import { guard } from './guard';
import { openaiProvider } from './hosts';
import { offeredTools } from './offered-tools';
import { ChatReader } from './openai-chat';
import { MediaReader } from './openai-media';
import { ResponseReader } from './openai-response';
import { replaceMethod } from './patch';
import { previewInput } from './preview';
import type { Provider, WatchSettings } from './provider';
import { type AnswerReader, followAnswer } from './reader';
import { type MethodReader, recordCalls, recordRequests } from './record';

export const provider: Provider = {
  name: 'openai',
  also: ['groq-sdk', 'together-ai'],
  matches: (client) => typeof client?.chat?.completions?.create === 'function',
  patch: patchClient,
};

/** A method of the client that calls a model. All others, such as `stream`, `parse` and `runTools`, call these. */
interface Surface {
  /** The members that lead from the client to the holder of the method. */
  path: string[];
  methods: string[];
  Reader: new (call: CallRecord, settings: WatchSettings) => AnswerReader;
  /** @returns what a request gives to the model */
  input(body: any): unknown;
  purpose?: string;
}

const SURFACES: readonly Surface[] = [
  {
    path: ['chat', 'completions'],
    methods: ['create'],
    Reader: ChatReader,
    input: (body) => body.messages,
  },
  {
    path: ['responses'],
    methods: ['create', 'compact'],
    Reader: ResponseReader,
    input: (body) => body.input,
  },
  {
    path: ['beta', 'responses'],
    methods: ['create', 'compact'],
    Reader: ResponseReader,
    input: (body) => body.input,
  },
  {
    path: ['completions'],
    methods: ['create'],
    Reader: ChatReader,
    input: (body) => body.prompt,
  },
  {
    path: ['embeddings'],
    methods: ['create'],
    Reader: MediaReader,
    input: (body) => body.input,
    purpose: 'embedding',
  },
  {
    path: ['images'],
    methods: ['generate', 'edit', 'createVariation'],
    Reader: MediaReader,
    input: (body) => body.prompt,
    purpose: 'image',
  },
  {
    path: ['rerank'],
    methods: ['create'],
    Reader: MediaReader,
    input: (body) => body.query,
    purpose: 'rerank',
  },
  {
    path: ['audio', 'speech'],
    methods: ['create'],
    Reader: MediaReader,
    input: (body) => body.input,
    purpose: 'speech',
  },
  {
    path: ['audio', 'transcriptions'],
    methods: ['create'],
    Reader: MediaReader,
    input: (body) => body.prompt,
    purpose: 'transcription',
  },
  {
    path: ['audio', 'translations'],
    methods: ['create'],
    Reader: MediaReader,
    input: (body) => body.prompt,
    purpose: 'translation',
  },
];

function patchClient(client: any, settings: WatchSettings): void {
  const readers = new Map<string, MethodReader>();
  for (const surface of SURFACES) {
    const reader: MethodReader = {
      request: ([body]) => requestFacts(client, surface, body, settings),
      follow: (result, call) => followAnswer(result, call, new surface.Reader(call, settings)),
    };
    readers.set(surface.path.join('/'), reader);
    const holder = guard(() => surface.path.reduce((owner, member) => owner[member], client));
    if (!holder) continue;
    for (const method of surface.methods) recordCalls(holder, method, settings, reader);
  }
  recordRequests(
    client.chat.completions,
    client,
    settings,
    (path) =>
      readers.get(path.slice(1)) ??
      // Groq's paths begin with the name of the protocol.
      readers.get(path.replace(/^\/(openai\/v1\/)?|\/compact\b|\?.*$/g, '')),
  );
  replaceMethod(client, 'withOptions', (call) => {
    const clone = call();
    if (provider.matches(clone)) patchClient(clone, settings);
    return clone;
  });
}

function requestFacts(
  client: any,
  { input, purpose }: Surface,
  body: any,
  { captureContent }: WatchSettings,
): CallFacts {
  return {
    provider: guard(() => openaiProvider(client)) ?? 'openai',
    model: nonEmptyString(body?.model),
    temperature: finiteNumber(body?.temperature),
    toolNames: guard(() => offeredTools(body?.tools ?? body?.functions)),
    inputPreview: captureContent
      ? guard(() => previewInput(input(body), body.instructions))
      : undefined,
    purpose,
  };
}
