// Agents and workflows of Mastra, with a model that needs no network.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { createTool } from '@mastra/core/tools';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { Observability } from '@mastra/observability';
import { currentTrace, InfiniumClient, traceTool } from 'infinium-o2';
import { InfiniumExporter } from 'infinium-o2/mastra';
import { z } from 'zod';
import { fakeModel } from '../../../examples/mastra/fake-model.mjs';
import { startReceiver } from '../receiver.mjs';

const { bodies: tasks, options, environment, stop } = await startReceiver();
const client = new InfiniumClient(options);
beforeEach(() => {
  tasks.length = 0;
});
after(async () => {
  await client.close();
  stop();
});

/** What of a program is recorded, and what it returns. */
async function run({ agents = {}, workflows = {}, options = {}, bridge = true }, program) {
  const exporter = new InfiniumExporter(client, options);
  const config = {
    serviceName: 'test',
    exporters: [exporter],
    ...(bridge ? { bridge: exporter } : {}),
  };
  const mastra = new Mastra({
    agents,
    workflows,
    logger: false,
    observability: new Observability({ configs: { default: config } }),
  });
  const result = await program(mastra).catch((error) => error);
  await client.flush();
  return { result, traces: tasks };
}

const add = (execute = async ({ a }) => ({ sum: a + 1 })) =>
  createTool({
    id: 'add',
    description: 'Adds one.',
    inputSchema: z.object({ a: z.number() }),
    execute,
  });

const agentWith = (answers, tools = { add: add() }, id = 'helper') =>
  new Agent({ id, name: id, instructions: 'Help.', model: fakeModel(answers), tools });

const outline = ({ steps }) =>
  steps
    .slice(1)
    .map(({ action, description, metadata = {} }) => [
      action,
      description,
      metadata.parent_step,
      metadata.requested_by_step,
    ]);

test('a run is a trace: its model calls with their tokens, its tools with their requests', async () => {
  const agent = agentWith([
    {
      tools: [
        { name: 'add', input: { a: 1 } },
        { name: 'add', input: { a: 2 } },
      ],
    },
    { text: 'done' },
  ]);
  const { result, traces } = await run({ agents: { agent } }, (mastra) =>
    mastra.getAgent('agent').generate('a private question'),
  );
  assert.equal(result.text, 'done');
  assert.equal(traces.length, 1);
  const [trace] = traces;
  assert.equal(trace.name, 'helper');
  assert.deepEqual(outline(trace), [
    ['llm_call', 'fake/fake-1', undefined, undefined],
    ['tool_call', 'add', undefined, 2],
    ['tool_call', 'add', undefined, 2],
    ['llm_call', 'fake/fake-1', undefined, undefined],
  ]);
  const calls = trace.llm_usage.calls.map((call) => [call.prompt_tokens, call.completion_tokens]);
  assert.deepEqual(calls, [
    [10, 5],
    [20, 10],
  ]);
  const { metadata } = trace.steps[1];
  assert.equal(metadata.cached_tokens, 4);
  assert.equal(metadata.reasoning_tokens, 1);
  assert.equal(metadata.finish_reason, 'tool-calls');
  assert.ok(!JSON.stringify(trace).includes('private question'), 'there is no content');
  assert.ok(!JSON.stringify(trace).includes('done'));
});

test('content is recorded if it is asked for', async () => {
  const agent = agentWith([{ tools: [{ name: 'add', input: { a: 41 } }] }, { text: 'the answer' }]);
  const { traces } = await run({ agents: { agent }, options: { captureContent: true } }, (mastra) =>
    mastra.getAgent('agent').generate('the question'),
  );
  const [trace] = traces;
  assert.equal(trace.input_summary, 'the question');
  assert.equal(trace.output_summary, 'the answer');
  assert.match(trace.steps[1].input_preview, /the question/);
  assert.deepEqual(trace.steps[2].tool_call.input_summary, '{"a":41}');
  assert.deepEqual(trace.steps[2].tool_call.output_summary, '{"sum":42}');
});

test('a stream is recorded, also without the bridge', async () => {
  const agent = agentWith([{ text: 'streamed' }]);
  const { result, traces } = await run({ agents: { agent }, bridge: false }, async (mastra) => {
    const stream = await mastra.getAgent('agent').stream('go');
    let text = '';
    for await (const chunk of stream.textStream) text += chunk;
    return text;
  });
  assert.equal(result, 'streamed');
  assert.deepEqual(outline(traces[0]), [['llm_call', 'fake/fake-1', undefined, undefined]]);
  assert.equal(traces[0].llm_usage.prompt_tokens, 10);
});

test('twenty runs at once keep their steps apart', async () => {
  const agents = {};
  for (let i = 0; i < 20; i += 1) {
    const tool = {
      [`tool${i}`]: createTool({
        id: `tool${i}`,
        description: 't',
        inputSchema: z.object({}),
        execute: async () => i,
      }),
    };
    agents[`a${i}`] = agentWith(
      [{ tools: [{ name: `tool${i}`, input: {} }] }, { text: `${i}` }],
      tool,
      `a${i}`,
    );
  }
  const { traces } = await run({ agents }, (mastra) =>
    Promise.all(Object.keys(agents).map((name) => mastra.getAgent(name).generate('go'))),
  );
  assert.equal(traces.length, 20, traces.map(({ name }) => name).join());
  for (const trace of traces) {
    const number = trace.name.slice(1);
    assert.deepEqual(
      outline(trace).map(([action, name]) => [action, name]),
      [
        ['llm_call', 'fake/fake-1'],
        ['tool_call', `tool${number}`],
        ['llm_call', 'fake/fake-1'],
      ],
    );
  }
});

test('within a trace the run is a step, and what runs in a tool belongs to the tool', async () => {
  const inner = traceTool('inner', async () => {
    currentTrace()?.setTags({ seen: true });
    return 1;
  });
  const agent = agentWith([{ tools: [{ name: 'add', input: { a: 1 } }] }, { text: 'done' }], {
    add: add(async () => ({ sum: await inner() })),
  });
  const { traces } = await run({ agents: { agent } }, (mastra) =>
    client.trace('outer', () => mastra.getAgent('agent').generate('go'))(),
  );
  assert.equal(traces.length, 1);
  assert.equal(traces[0].name, 'outer');
  assert.deepEqual(outline(traces[0]), [
    ['agent', 'helper', undefined, undefined],
    ['llm_call', 'fake/fake-1', 2, undefined],
    ['tool_call', 'add', 2, 3],
    ['tool_call', 'inner', 4, undefined],
    ['llm_call', 'fake/fake-1', 2, undefined],
  ]);
  assert.equal(traces[0].environment.custom_tags.seen, true);
});

test('errors of models and tools are those of their steps', async () => {
  const failing = agentWith([{ error: new RangeError('no model') }]);
  const broken = agentWith([{ tools: [{ name: 'add', input: { a: 1 } }] }, { text: 'done' }], {
    add: add(async () => {
      throw new TypeError('no tool');
    }),
  });
  const { traces } = await run({ agents: { failing, broken } }, async (mastra) => {
    await mastra
      .getAgent('failing')
      .generate('go', { modelSettings: { maxRetries: 0 } })
      .catch(() => {});
    await mastra.getAgent('broken').generate('go');
  });
  assert.equal(traces.length, 2);
  assert.match(traces[0].errors[0].message, /no model/);
  assert.equal(traces[0].steps[1].error.error_type, 'RangeError');
  const tool = traces[1].steps.find(({ action }) => action === 'tool_call');
  assert.match(tool.tool_call.error.message, /no tool/);
});

test('without content, errors do not repeat what goes into models and tools', async () => {
  const failing = agentWith([{ error: new RangeError('refused: a secret of ours') }]);
  const input = { a: 'a secret of ours' };
  const broken = agentWith([{ tools: [{ name: 'add', input }] }, { text: 'done' }], {
    add: createTool({
      id: 'add',
      description: 'Adds',
      inputSchema: z.object({ a: z.string() }),
      execute: async () => {
        throw new TypeError('no a secret of ours');
      },
    }),
  });
  const { traces } = await run({ agents: { failing, broken } }, async (mastra) => {
    await mastra
      .getAgent('failing')
      .generate('a secret of ours', { modelSettings: { maxRetries: 0 } })
      .catch(() => {});
    await mastra.getAgent('broken').generate('go');
  });
  assert.equal(traces[0].errors.length, 1);
  const tool = traces[1].steps.find(({ action }) => action === 'tool_call');
  assert.ok(tool.tool_call.error);
  assert.doesNotMatch(JSON.stringify(traces), /secret of ours/);
});

test('a workflow is a trace with its steps', async () => {
  const step = createStep({
    id: 'double',
    inputSchema: z.object({ a: z.number() }),
    outputSchema: z.object({ a: z.number() }),
    execute: async ({ inputData }) => ({ a: inputData.a * 2 }),
  });
  const workflow = createWorkflow({
    id: 'flow',
    inputSchema: z.object({ a: z.number() }),
    outputSchema: z.object({ a: z.number() }),
  })
    .then(step)
    .commit();
  const { result, traces } = await run({ workflows: { flow: workflow } }, async (mastra) => {
    const started = await mastra.getWorkflow('flow').createRun();
    return started.start({ inputData: { a: 2 } });
  });
  assert.deepEqual(result.result, { a: 4 });
  assert.equal(traces[0].name, 'flow');
  assert.deepEqual(outline(traces[0]), [['workflow_step', 'double', undefined, undefined]]);
});

test('the example makes the trace that its README shows', async () => {
  const folder = new URL('../../../examples/mastra/', import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, ['agent.mjs'], {
    cwd: folder,
    env: { ...process.env, ...environment },
  });
  assert.equal(stdout, 'Mont Blanc is 4806 m high.\n');
  const [trace] = tasks;
  const lines = trace.steps.map(({ step_number: number, action, description, metadata }) => {
    const by = metadata?.requested_by_step;
    return `${number} ${action} ${description}${by ? ` (requested by ${by})` : ''}`;
  });
  const readme = await readFile(new URL('README.md', folder), 'utf8');
  assert.ok(readme.includes([`trace ${trace.name}`, ...lines].join('\n')), lines.join('\n'));
});

test('what has another shape is passed over', () => {
  const exporter = new InfiniumExporter(client);
  for (const event of [
    undefined,
    {},
    { type: 'span_started' },
    { type: 'span_started', exportedSpan: {} },
    { type: 'span_ended', exportedSpan: { id: 1, type: 'x' } },
  ]) {
    exporter.onTracingEvent(event);
  }
});
