// Checks of clients that another package wraps or instruments, too: it must do what it does alone, and so must ours.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type TaskData, watch } from 'infinium-o2';
import type { Check } from './checks';
import type { Provider } from './provider';
import { traced } from './watching';

/** Another package that observes clients. */
export interface Wrapper {
  name: string;
  packageName: string;
  /** What is done with the client, as docs/tracing.md says it. */
  appliedAs: string;
  /** Wraps a client, or instruments its module and returns the client itself. */
  wrap(client: any, module: any): any;
  /** Whether it makes another client, with the options of the given one. */
  makesItsOwn?: boolean;
  /** Whether it reads streams to their end when its user does not. Then more is recorded. */
  readsAll?: boolean;
  /** Removes the instrumentation of a module. */
  unwrap?(module: any): void;
  /** What it has recorded since the last call. */
  recorded(): Promise<string[]>;
}

/** A client package, and what can be done with a client of it. */
export interface Subject {
  name: string;
  checks: Check[];
  load(): any;
  make(module: any, fetch: typeof globalThis.fetch): any;
}

const ROOT = path.join(__dirname, '..', '..');

interface Order {
  order: string;
  /** Whether the other package gets a watched client. */
  within: boolean;
  prepare(client: any, wrap: (client: any) => any): any;
}

const ORDERS: Order[] = [
  { order: 'around it', within: false, prepare: (client, wrap) => watch(wrap(client)) },
  { order: 'within it', within: true, prepare: (client, wrap) => wrap(watch(client)) },
  { order: 'on both sides', within: true, prepare: (client, wrap) => watch(wrap(watch(client))) },
];

/** The name and version of an installed package, as the documentation shows it. */
function nameOf(place: string): string {
  const folders = ['__test__/vendors/node_modules', 'node_modules'];
  const files = folders.map((folder) => path.join(ROOT, folder, place, 'package.json'));
  const { name, version } = JSON.parse(readFileSync(files.find(existsSync)!, 'utf8'));
  return `\`${name}\` ${version}`;
}

/** All that a caller can see. */
async function outcome(run: () => Promise<unknown>): Promise<string> {
  try {
    return `value ${JSON.stringify(await run())}`;
  } catch (error: any) {
    return `error ${error?.constructor?.name} ${error?.message} ${error?.status}`;
  }
}

/** What is recorded of the calls of a language model, but for times. */
function callsOf({ steps }: TaskData): unknown[] {
  return (steps ?? []).slice(1).map(({ description, llmCall, metadata, error }) => {
    const { latencyMs: _latency, ...facts } = llmCall ?? {};
    const { time_to_first_token_ms: _first, ...others } = metadata ?? {};
    return { description, facts, metadata: others, error: error?.message };
  });
}

/** Collects rejections that are not handled, without which Jest would fail the test. */
function useUnhandled(): unknown[] {
  const found: unknown[] = [];
  const listen = (error: unknown) => found.push(error);
  // The one in Jest's globals is a copy, which has no events.
  const { process } = (URL.constructor as FunctionConstructor)('return globalThis')();
  let others: any[] = [];
  beforeEach(() => {
    others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', listen);
  });
  afterEach(() => {
    process.off('unhandledRejection', listen);
    for (const other of others) process.on('unhandledRejection', other);
  });
  return found;
}

/** Returns a function that restores the methods that create answers. */
function saveMethods({ OpenAI }: any): () => void {
  const classes = [OpenAI?.Chat.Completions, OpenAI?.Completions, OpenAI?.Responses];
  const saved = classes
    .filter(Boolean)
    .map(({ prototype }) => ({ prototype, create: prototype.create }));
  return () => {
    for (const { prototype, create } of saved) prototype.create = create;
  };
}

/** Checks one package beside ours, in all orders. */
export function checkOrders(use: { provider: Provider }, wrapper: Wrapper, subject: Subject): void {
  const unhandled = useUnhandled();

  let open = 0;
  const countingFetch: typeof fetch = async (...values) => {
    open += 1;
    try {
      return await fetch(...values);
    } finally {
      open -= 1;
    }
  };

  /** Some packages go on after their user has got an error. */
  async function settled(): Promise<void> {
    // Helpers send their request in a timer of the shortest time, and it comes before this one.
    await new Promise((resolve) => setTimeout(resolve, 1));
    for (let quiet = 0; quiet < 20; quiet += 1) {
      if (open > 0) quiet = 0;
      await new Promise(setImmediate);
    }
  }

  /** Does something with a client, and returns all that it has caused. */
  async function observe(prepare: Order['prepare'], check: Check) {
    const module = subject.load();
    await wrapper.recorded();
    use.provider.requests.length = 0;
    unhandled.length = 0;
    // Some instrumentations leave a part of themselves behind.
    const restore = saveMethods(module);
    let wrapped = false;
    const wrap = (client: any) => {
      wrapped = true;
      return wrapper.wrap(client, module);
    };
    try {
      const client = prepare(subject.make(module, countingFetch), wrap);
      let seen = '';
      const task = await traced(async () => {
        seen = await outcome(() => check[1](client, module));
        await settled();
      });
      const others = await wrapper.recorded();
      const requests = use.provider.requests.slice();
      return { caused: { seen, requests, others, unhandled: unhandled.map(String) }, task };
    } finally {
      if (wrapped) wrapper.unwrap?.(module);
      restore();
    }
  }

  const orders = ORDERS.filter(({ within }) => !within || !wrapper.makesItsOwn);

  it('is in the table of docs/tracing.md', () => {
    const lines = readFileSync(path.join(ROOT, 'docs/tracing.md'), 'utf8').split('\n');
    const row = lines.find(
      (line) =>
        line.startsWith(`| ${nameOf(wrapper.packageName)} `) &&
        line.includes(` ${wrapper.appliedAs} `),
    );
    expect(row).toContain(nameOf(subject.name));
  });

  it('has something to record', async () => {
    const { caused } = await observe((client, wrap) => wrap(client), subject.checks[0]);
    expect(caused.others).not.toEqual([]);
  });

  it.each(subject.checks)('behaves as without it: %s', async (...check) => {
    const plain = await observe((client) => client, check);
    const own = await observe((client) => watch(client), check);
    const alone = await observe((client, wrap) => wrap(client), check);
    for (const { order, prepare } of orders) {
      const both = await observe(prepare, check);
      expect({ order, ...both.caused }).toEqual({ order, ...alone.caused });
      const calls = callsOf(both.task);
      // Some packages change what a method returns, and then it is used differently.
      const same = alone.caused.seen === plain.caused.seen;
      if (same && wrapper.readsAll)
        expect({ order, calls }).toMatchObject({ order, calls: callsOf(own.task) });
      else if (same) expect({ order, calls }).toEqual({ order, calls: callsOf(own.task) });
      else expect(calls).toHaveLength(both.caused.requests.length);
    }
  });
}
