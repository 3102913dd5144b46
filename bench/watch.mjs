// Measures what watching costs: a call and the chunk of a stream, of a plain client and of watched ones; and what a trace
// around an empty function costs, recorded only and also handed to the background.
//
// `node bench/watch.mjs [--rounds 5] [--only watched,Sentry]`. Each contestant has a process of its own in each round,
// in which it takes turns with a plain client; rounds are interleaved. Nothing is sent: `fetch` answers from memory, so
// that nobody waits: the time is the CPU time of the main thread. The tables show medians of the rounds.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const VENDORS = path.join(ROOT, '__test__/vendors');
const fromRoot = createRequire(path.join(ROOT, 'package.json'));
const fromVendors = createRequire(path.join(VENDORS, 'package.json'));

const CHUNKS = 500;
const CALLS_IN_A_TRACE = 5;
const model = 'some-model';
const messages = [{ role: 'user', content: 'Tell a story about crabs. '.repeat(20) }];
const usage = { prompt_tokens: 110, completion_tokens: 500, total_tokens: 610 };

const answer = JSON.stringify({
  id: 'chat-1',
  object: 'chat.completion',
  model,
  choices: [{ index: 0, message: { role: 'assistant', content: 'Once '.repeat(100) } }],
  usage,
});

/** @param {object} more */
const chunk = (more) => {
  const base = { id: 'chat-1', object: 'chat.completion.chunk', created: 1, model };
  return `data: ${JSON.stringify({ ...base, ...more })}\n\n`;
};
const encoder = new TextEncoder();
const delta = encoder.encode(chunk({ choices: [{ index: 0, delta: { content: 'Once ' } }] }));
const last = encoder.encode(`${chunk({ choices: [], usage })}data: [DONE]\n\n`);

/** Answers as a provider does, from memory. */
async function fetchFromMemory(/** @type {unknown} */ _url, /** @type {any} */ { body }) {
  if (!JSON.parse(body).stream) {
    return new Response(answer, { headers: { 'content-type': 'application/json' } });
  }
  let sent = 0;
  const stream = new ReadableStream({
    pull(controller) {
      controller.enqueue(sent < CHUNKS ? delta : last);
      if (sent === CHUNKS) controller.close();
      sent += 1;
    },
  });
  return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
}

/** @typedef {{ client: any, inside?: (work: () => Promise<void>) => Promise<void> }} Contestant */

const makeClient = ({ OpenAI } = fromRoot('openai-6')) =>
  new OpenAI({ apiKey: 'none', fetch: fetchFromMemory, maxRetries: 0 });

/** A client of a copy of the package that nothing else uses, and so nothing instruments. */
function makePlainClient() {
  const copy = fromRoot('openai-6');
  for (const file of Object.keys(fromRoot.cache)) {
    if (file.includes('openai-6')) delete fromRoot.cache[file];
  }
  return makeClient(copy);
}

function makeTraced() {
  const { InfiniumClient } = fromRoot('./dist/index.js');
  const client = new InfiniumClient({ agentId: 'agent-1', agentSecret: 'secret-0123' });
  return (/** @type {() => Promise<void>} */ work) =>
    client.trace('Bench', { autoSend: false }, work)();
}

/** Records spans of OpenTelemetry, and keeps none. */
function useOpenTelemetry() {
  const { context, trace } = fromRoot('@opentelemetry/api');
  const { AsyncLocalStorageContextManager } = fromRoot('@opentelemetry/context-async-hooks');
  const { BasicTracerProvider, SimpleSpanProcessor } = fromRoot('@opentelemetry/sdk-trace-base');
  const exporter = {
    /** @type {(spans: unknown, done: (result: object) => void) => void} */
    export: (_spans, done) => done({ code: 0 }),
    shutdown: async () => {},
  };
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return provider;
}

/** @type {Record<string, () => Contestant>} */
const CONTESTANTS = {
  plain: () => ({ client: makeClient() }),
  'plain, in a trace': () => ({ client: makeClient(), inside: makeTraced() }),
  'watched, outside of a trace': () => {
    const { watch } = fromRoot('./dist/index.js');
    return { client: watch(makeClient()) };
  },
  watched: () => {
    const { watch } = fromRoot('./dist/index.js');
    return { client: watch(makeClient()), inside: makeTraced() };
  },
  'watched, with content': () => {
    const { watch } = fromRoot('./dist/index.js');
    return { client: watch(makeClient(), { captureContent: true }), inside: makeTraced() };
  },
  OpenTelemetry: () => {
    const provider = useOpenTelemetry();
    const { metrics } = fromRoot('@opentelemetry/api');
    const { OpenAIInstrumentation } = fromRoot('@opentelemetry/instrumentation-openai');
    const instrumentation = new OpenAIInstrumentation();
    instrumentation.setTracerProvider(provider);
    instrumentation.setMeterProvider(metrics.getMeterProvider());
    instrumentation.init()[0].patch(fromRoot('openai-6'));
    return { client: makeClient() };
  },
  langfuse: () => {
    useOpenTelemetry();
    return { client: fromRoot('@langfuse/openai').observeOpenAI(makeClient()) };
  },
  ...(existsSync(path.join(VENDORS, 'node_modules/@sentry/node')) && {
    Sentry: () => {
      const Sentry = fromVendors('@sentry/node');
      Sentry.init({
        dsn: 'http://key@127.0.0.1:9/1',
        tracesSampleRate: 1,
        defaultIntegrations: false,
        transport: () => ({ send: async () => ({}), flush: async () => true }),
      });
      return { client: Sentry.instrumentOpenAiClient(makeClient()) };
    },
  }),
};

/**
 * Microseconds of CPU that the main thread has used; of all threads where the system does not count them apart. Read
 * after a short sleep, because the kernel counts when it schedules a thread again.
 */
async function readCpu() {
  await sleep(3);
  if (process.platform !== 'linux') return process.cpuUsage().user;
  const text = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8');
  return Number(text.split(' ', 1)[0]) / 1e3;
}

/**
 * @param {Contestant} contestant
 * @param {number} count
 * @param {object} more
 */
async function time({ client, inside = (work) => work() }, count, more) {
  const before = await readCpu();
  for (let trace = 0; trace < count / CALLS_IN_A_TRACE; trace += 1) {
    await inside(async () => {
      for (let call = 0; call < CALLS_IN_A_TRACE; call += 1) {
        const result = await client.chat.completions.create({ model, messages, ...more });
        if ('stream' in more) {
          for await (const _chunk of result) {
            // All of it.
          }
        }
      }
    });
  }
  return ((await readCpu()) - before) / count;
}

/**
 * @param {number[]} values
 * @param {number} share
 */
function quantile(values, share) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length * share)];
}

/** @typedef {{ call: number, chunk: number }} Cost in microseconds */

const EMPTY = 'trace of an empty function';

/** Microseconds of a trace around an empty function: recorded only, and handed to the background, too. */
async function measureEmpty() {
  const { InfiniumClient } = fromRoot('./dist/index.js');
  const options = { agentId: 'agent-1', agentSecret: 'secret-0123', quiet: true, exitTimeout: 0 };
  // Nobody answers there, so that the worker waits and the queue keeps what it gets.
  const client = new InfiniumClient({
    ...options,
    baseUrl: 'http://127.0.0.1:9',
    maxQueueSize: 1e5,
  });
  const recorded = client.trace('Bench', { autoSend: false }, () => {});
  const sent = client.trace('Bench', () => {});
  /** @type {Record<'recorded' | 'sent', number[]>} */
  const taken = { recorded: [], sent: [] };
  for (let turn = 0; turn < 40; turn += 1) {
    for (const [run, times] of /** @type {const} */ ([
      [recorded, taken.recorded],
      [sent, taken.sent],
    ])) {
      const before = await readCpu();
      for (let call = 0; call < 1_000; call += 1) run();
      const time = ((await readCpu()) - before) / 1_000;
      if (turn >= 10) times.push(time);
    }
  }
  return { recorded: quantile(taken.recorded, 0.25), sent: quantile(taken.sent, 0.25) };
}

/** @param {string} name */
async function measure(name) {
  const plain = { client: makePlainClient() };
  const contestant = CONTESTANTS[name]();
  const stream = { stream: true, stream_options: { include_usage: true } };
  /** @type {Record<'plain' | 'own', { calls: number[], chunks: number[] }>} */
  const taken = { plain: { calls: [], chunks: [] }, own: { calls: [], chunks: [] } };
  for (let turn = 0; turn < 60; turn += 1) {
    for (const [who, { calls, chunks }] of Object.entries(taken)) {
      const client = who === 'plain' ? plain : contestant;
      const call = await time(client, 100, {});
      const chunk = (await time(client, 5, stream)) / CHUNKS;
      // The first ones warm up.
      if (turn < 20) continue;
      calls.push(call);
      chunks.push(chunk);
    }
  }
  // Other work on the machine, and the compiler, only add to it.
  const low = (/** @type {{ calls: number[], chunks: number[] }} */ { calls, chunks }) => ({
    call: quantile(calls, 0.25),
    chunk: quantile(chunks, 0.25),
  });
  return { plain: low(taken.plain), own: low(taken.own) };
}

/**
 * Measures in a process of its own.
 *
 * @param {string} name
 */
function runApart(name) {
  const args = [fileURLToPath(import.meta.url), '--contestant', name];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${name} has failed`);
  return JSON.parse(stdout);
}

/**
 * @param {string[]} names
 * @param {number} rounds
 */
function contest(names, rounds) {
  /** @type {Record<string, { plain: Cost, own: Cost }[]>} */
  const samples = {};
  /** @type {{ recorded: number, sent: number }[]} */
  const empty = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      samples[name] ??= [];
      samples[name].push(runApart(name));
    }
    empty.push(runApart(EMPTY));
  }
  for (const what of /** @type {const} */ (['recorded', 'sent'])) {
    const times = empty.map((sample) => sample[what]);
    console.log(`${EMPTY}, ${what}: ${quantile(times, 0.5).toPrecision(3)} µs`);
  }
  console.log('| client | call, µs | more | ratio | chunk, µs | more | ratio |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const [name, taken] of Object.entries(samples)) {
    const cells = /** @type {const} */ (['call', 'chunk']).flatMap((what) =>
      [
        taken.map(({ own }) => own[what]),
        taken.map(({ own, plain }) => own[what] - plain[what]),
        taken.map(({ own, plain }) => own[what] / plain[what]),
      ].map((values) => quantile(values, 0.5).toPrecision(3)),
    );
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

const { values } = parseArgs({
  options: {
    contestant: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
  },
});
if (values.contestant) {
  const measured =
    values.contestant === EMPTY ? await measureEmpty() : await measure(values.contestant);
  console.log(JSON.stringify(measured));
  process.exit();
}
const only = values.only?.split(',');
const names = Object.keys(CONTESTANTS).filter(
  (name) => name === 'plain' || !only || only.includes(name),
);
contest(names, Number(values.rounds));
