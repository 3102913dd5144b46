// Records the agents of a program that does nothing for it: `node --import infinium-o2/register app.js`.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { settingsOf } from '../../bridge/settings';
import { AsyncInfiniumClient } from '../../client/client';
import { guard } from '../../watch/guard';
import { patch } from '../../watch/index';
import type { WatchSettings } from '../../watch/provider';
import { install as installAiSdk } from '../ai-sdk';
import { defaultClient, Recorder, readCaptureContent, setDefaultClient } from '../common';
import { install as installLangChain } from '../langchain';
import { install as installOpenAiAgents } from '../openai-agents';
import { findPackages } from './found';
import { WITH_INSTANCES } from './instrument';
import { hookModules, PACKAGES } from './modules';
import { beginRoot } from './root';

/** Integrations that can be added without the program, by the package that they are for. */
const INTEGRATIONS: Readonly<Record<string, () => unknown>> = {
  ai: installAiSdk,
  '@langchain/core': installLangChain,
  '@openai/agents': installOpenAiAgents,
};

register();

// biome-ignore lint/complexity/noUselessEmptyExport: without it, esbuild takes this for a module of CommonJS.
export {};

function register(): void {
  // With `--import` given twice, or in `NODE_OPTIONS` as well.
  if (defaultClient()) return;
  try {
    const client = new AsyncInfiniumClient();
    setDefaultClient(client);
    if (!settingsOf(client).enabled) return;
    install();
  } catch (error) {
    // A program must not fail because of what observes it.
    say('WARN', `nothing is traced: ${(error as Error).message}`);
  }
}

function install(): void {
  const captureContent = readCaptureContent(undefined);
  const recorder = new Recorder('Call', undefined, { captureContent });
  const settings = { captureContent, root: () => beginRoot(recorder) };
  for (const [name, add] of Object.entries(INTEGRATIONS)) {
    try {
      const problem = add();
      if (typeof problem === 'string') say('WARN', problem);
    } catch (error) {
      say('WARN', `the runs of ${name} are not traced: ${(error as Error).message}`);
    }
  }
  hookModules((made, of) => watched(made, of, settings), pathToFileURL(__filename).href);
  const program = process.argv[1] ? path.dirname(path.resolve(process.argv[1])) : process.cwd();
  const found = findPackages([...Object.keys(INTEGRATIONS), ...PACKAGES], program);
  say('INFO', `tracing ${found.length > 0 ? found.join(', ') : 'what the program loads'}`);
}

/** @returns a class whose instances are watched */
function watched(made: any, of: string, settings: WatchSettings): unknown {
  if (typeof made !== 'function') return made;
  // Of other packages, some have getters there that must not be read.
  if (WITH_INSTANCES.includes(of)) guard(() => patch(made.prototype, settings));
  const proxy = new Proxy(made, {
    construct(target, values, derived) {
      const client = Reflect.construct(target, values, derived);
      guard(() => patch(client, settings));
      return client;
    },
  });
  // Clients copy themselves with `new this.constructor()`.
  guard(() =>
    Object.defineProperty(made.prototype, 'constructor', {
      value: proxy,
      configurable: true,
      writable: true,
    }),
  );
  // Some have themselves as a member: `new OpenAI.OpenAI()`.
  for (const name of Object.keys(made)) {
    guard(() => {
      if (made[name] === made) made[name] = proxy;
    });
  }
  return proxy;
}

function say(level: string, text: string): void {
  process.stderr.write(`[infinium] ${level} register: ${text}\n`);
}
