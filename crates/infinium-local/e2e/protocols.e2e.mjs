// The exporters of OpenTelemetry, and a client of the Model Context Protocol, as their own packages speak.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { localPlatform, startPlatform } from '../../../scripts/platform.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'infinium-protocols-'));
const db = path.join(folder, 'traces.db');
/** @type {Awaited<ReturnType<typeof startPlatform>>} */
let platform;

before(async () => {
  platform = await startPlatform(['--db', db]);
});
after(async () => {
  await platform?.stop();
  rmSync(folder, { recursive: true });
});

/** @param {string} [query] */
async function list(query = '') {
  const answer = await fetch(new URL(`/local/list?${query}`, platform.url));
  return (await answer.json()).traces;
}

for (const [format, Exporter, compression] of /** @type {const} */ ([
  ['protobuf', ProtobufExporter, 'none'],
  ['protobuf with gzip', ProtobufExporter, 'gzip'],
  ['JSON', JsonExporter, 'none'],
])) {
  test(`takes spans of the exporter for ${format}`, async () => {
    const url = new URL('/v1/traces', platform.url).href;
    const exporter = new Exporter({ url, compression: /** @type {any} */ (compression) });
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': `shop ${format}` }),
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    });
    const tracer = provider.getTracer('test');
    const root = tracer.startSpan('invoke_agent Clerk', {
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'Clerk' },
    });
    const within = trace.setSpan(context.active(), root);
    const chat = tracer.startSpan(
      'chat gpt-4o',
      {
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.usage.input_tokens': 12,
          'gen_ai.usage.output_tokens': 3,
          'gen_ai.response.finish_reasons': ['stop'],
        },
      },
      within,
    );
    chat.end();
    root.recordException(new TypeError('no stock'));
    root.setStatus({ code: 2, message: 'no stock' });
    root.end();
    await provider.forceFlush();
    const [found] = await list(`agent=${encodeURIComponent(`shop ${format}`)}`);
    assert.deepEqual(
      [
        found.name,
        found.steps,
        found.models,
        found.tokens,
        found.failed,
        found.error,
        found.source,
      ],
      ['Clerk', 2, 'gpt-4o', 15, true, 'no stock', 'otlp'],
    );
    await provider.shutdown();
  });
}

for (const [name, connect] of /** @type {const} */ ([
  ['stdio', () => new StdioClientTransport({ command: localPlatform, args: ['mcp', '--db', db] })],
  ['HTTP', () => new StreamableHTTPClientTransport(new URL('/mcp', platform.url))],
])) {
  test(`answers a client of the Model Context Protocol over ${name}`, async () => {
    const client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(/** @type {any} */ (connect()));
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map((tool) => tool.name),
      ['list_traces', 'search_traces', 'get_trace', 'find_errors', 'compare_traces'],
    );
    const call = async (
      /** @type {string} */ tool,
      /** @type {Record<string, unknown>} */ input,
    ) => {
      const { content } = await client.callTool({ name: tool, arguments: input });
      return /** @type {any} */ (content)[0].text;
    };
    assert.match(await call('find_errors', {}), /^3 failed traces\n- Clerk \| /);
    assert.match(await call('search_traces', { q: 'invoke clerk' }), /^3 of 3 traces/);
    assert.match(await call('get_trace', { id: 'last' }), /## Step 2: llm_call gpt-4o/);
    await client.close();
  });
}
