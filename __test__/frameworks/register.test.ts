// Programs that are traced without a change: `node --import infinium-o2/register app.js`.
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { agentId, agentSecret } from '../support/client';
import { reply } from '../support/http';
import { useDirectory, useServer } from '../support/use';

const root = path.join(__dirname, '..', '..');
const server = useServer();
const directory = useDirectory();

const ESM = `
import OpenAI from 'openai';
import { Anthropic } from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
`;
const COMMON = `
const { OpenAI } = require('openai');
const { Anthropic } = require('@anthropic-ai/sdk');
const { GoogleGenAI } = require('@google/genai');
`;
const PROGRAM = `
const baseURL = process.env.PROVIDER;
async function main() {
  const openai = new OpenAI({ apiKey: 'k', baseURL: baseURL + '/openai', maxRetries: 0 });
  const request = { model: 'gpt', messages: [{ role: 'user', content: 'a private question' }] };
  await openai.chat.completions.create(request);
  await openai.withOptions({ timeout: 9_000 }).chat.completions.create(request);
  const anthropic = new Anthropic({ apiKey: 'k', baseURL: baseURL + '/anthropic' });
  await anthropic.messages.create({ ...request, max_tokens: 5 });
  const google = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: baseURL + '/google' } });
  await google.models.generateContent({ model: 'gemini', contents: 'a private question' });
  const stream = await openai.chat.completions.create({ ...request, stream: true });
  for await (const chunk of stream) void chunk;
  const failed = await openai.chat.completions.create({ ...request, model: 'refused' }).catch((error) => error.status);
  console.log(failed, openai instanceof OpenAI, openai.constructor === OpenAI, OpenAI.OpenAI === OpenAI);
}
main();
`;

const USAGE = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const CHOICE = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } };
const CHUNK = { index: 0, finish_reason: 'stop', delta: { content: 'hi' } };

/** Answers as each provider does. */
function answerAsProvider(): void {
  server.answer = (response, seen, index) => {
    const { url: place, body } = seen;
    if (place.startsWith('/openai') && body.model === 'refused') {
      reply(400, { error: { message: 'no' } })(response, seen, index);
    } else if (place.startsWith('/openai') && body.stream) {
      response.setHeader('content-type', 'text/event-stream');
      const chunk = {
        id: 'c',
        object: 'chat.completion.chunk',
        model: 'gpt-1',
        choices: [CHUNK],
        usage: USAGE,
      };
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    } else if (place.startsWith('/openai')) {
      reply(200, {
        id: 'c',
        object: 'chat.completion',
        model: 'gpt-1',
        choices: [CHOICE],
        usage: USAGE,
      })(response, seen, index);
    } else if (place.startsWith('/anthropic')) {
      const usage = { input_tokens: 3, output_tokens: 4 };
      reply(200, {
        id: 'm',
        type: 'message',
        role: 'assistant',
        model: 'claude-1',
        content: [{ type: 'text', text: 'hi' }],
        stop_reason: 'end_turn',
        usage,
      })(response, seen, index);
    } else if (place.startsWith('/google')) {
      const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 6, totalTokenCount: 11 };
      reply(200, {
        candidates: [{ content: { parts: [{ text: 'hi' }] } }],
        usageMetadata,
        modelVersion: 'gemini-1',
      })(response, seen, index);
    } else {
      reply(200, { success: true, message: 'Accepted', data: { traceId: 't' } })(
        response,
        seen,
        index,
      );
    }
  };
}

/** Runs a program that finds the packages of this repository. */
function run(file: string, source: string, more: Record<string, string | undefined> = {}) {
  const modules = path.join(directory.path, 'node_modules');
  mkdirSync(modules, { recursive: true });
  symlinkSync(root, path.join(modules, 'infinium-o2'));
  for (const name of ['openai', '@anthropic-ai', '@google']) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name));
  }
  writeFileSync(path.join(directory.path, file), source);
  const env = {
    ...process.env,
    INFINIUM_AGENT_ID: agentId,
    INFINIUM_AGENT_SECRET: agentSecret,
    INFINIUM_BASE_URL: server.url,
    PROVIDER: new URL(server.url).origin,
    ...more,
  };
  return promisify(execFile)(process.execPath, ['--import', 'infinium-o2/register', file], {
    cwd: directory.path,
    env: env as NodeJS.ProcessEnv,
  });
}

const traces = () =>
  server.seen.map(({ body }) => body).filter((body) => Array.isArray(body?.steps));

it.each([
  ['app.mjs', ESM],
  ['app.cjs', COMMON],
])('makes a trace of each call of a provider in %s', async (file, imports) => {
  answerAsProvider();
  const { stdout, stderr } = await run(file, imports + PROGRAM);
  expect(stdout).toBe('400 true true true\n');
  expect(stderr).toMatch(
    /^\[infinium\] INFO register: tracing openai \d[^\n]*@google\/genai [^\n]*\n$/,
  );
  const seen = traces().map(({ name, steps: [, step], errors }) => [
    name,
    step.llm_call.prompt_tokens,
    errors?.length,
  ]);
  expect(seen.sort()).toEqual([
    ['chat claude-1', 3, undefined],
    ['chat gemini-1', 5, undefined],
    ['chat gpt-1', 1, undefined],
    ['chat gpt-1', 1, undefined],
    ['chat gpt-1', 1, undefined],
    ['chat refused', undefined, 1],
  ]);
  expect(JSON.stringify(traces())).not.toContain('private');
});

it('records content if the environment says so', async () => {
  answerAsProvider();
  await run('app.mjs', ESM + PROGRAM, { INFINIUM_CAPTURE_CONTENT: '1' });
  const previews = traces().map(({ steps }) => steps[1].input_preview);
  expect(previews).toHaveLength(6);
  for (const preview of previews) expect(preview).toContain('a private question');
});

it('adds calls to the trace in which they are', async () => {
  answerAsProvider();
  const source = `${ESM}
import { InfiniumClient } from 'infinium-o2';
const openai = new OpenAI({ apiKey: 'k', baseURL: process.env.PROVIDER + '/openai' });
const client = new InfiniumClient();
await client.trace('mine', () => openai.chat.completions.create({ model: 'gpt', messages: [] }))();
`;
  await run('app.mjs', source);
  expect(traces().map(({ name, steps }) => [name, steps.length])).toEqual([['mine', 2]]);
});

it('lets the program run if there are no credentials', async () => {
  const { stdout, stderr } = await run('app.mjs', 'console.log(1)', {
    INFINIUM_AGENT_ID: undefined,
  });
  expect(stdout).toBe('1\n');
  expect(stderr).toMatch(
    /^\[infinium\] WARN register: nothing is traced: agentId is required[^\n]*\n$/,
  );
});

it('does nothing if it is disabled', async () => {
  const { stdout, stderr } = await run('app.mjs', 'console.log(1)', { INFINIUM_ENABLED: '0' });
  expect([stdout, stderr]).toEqual(['1\n', '']);
});
