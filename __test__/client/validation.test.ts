// Invalid tasks are refused before anything is sent.
import * as infinium from 'infinium-o2';
import { failure, sentBody, sequential, task } from '../support/client';
import { useServer } from '../support/use';

const server = useServer();
let client: infinium.InfiniumClient;
beforeEach(() => {
  client = sequential(server.url);
});

/** The body that a task becomes. */
const wire = (more: Record<string, unknown>) => sentBody(server, client, more);

it('exports its limits', () => {
  expect(infinium).toMatchObject({
    MAX_BATCH_SIZE: 100,
    MAX_NAME_LENGTH: 500,
    MAX_DESCRIPTION_LENGTH: 10_000,
    MAX_PAYLOAD_SIZE: 1_048_576,
  });
});

describe('validation', () => {
  const step = { stepNumber: 1, action: 'a', description: 'd' };
  it.each([
    ['name', { name: undefined }],
    ['name', { name: ' \n' }],
    ['name', { name: '\ufeff\u00a0' }],
    // What appears twice is no cycle.
    ['last', { first: step, again: step, last: 1n }],
    ['name', { name: 'x'.repeat(501) }],
    ['name', { name: 5 }],
    ['description', { description: '' }],
    ['description', { description: 'x'.repeat(10_001) }],
    ['currentDatetime', { currentDatetime: null }],
    ['currentDatetime', { currentDatetime: '2026-11-23' }],
    ['currentDatetime', { currentDatetime: '1899-12-31T23:59:59Z' }],
    ['currentDatetime', { currentDatetime: '2101-01-01T00:00:00Z' }],
    ['currentDatetime', { currentDatetime: new Date(Number.NaN) }],
    ['currentDatetime', { currentDatetime: 1_795_426_200_000 }],
    ['duration', { duration: undefined }],
    ['duration', { duration: '2' }],
    ['duration', { duration: -0.1 }],
    ['duration', { duration: 86_400.1 }],
    ['duration', { duration: Number.NaN }],
    ['outcome', { outcome: 1 }],
    ['steps', { steps: {} }],
    ['steps[1]', { steps: [step, null] }],
    ['steps[0].stepNumber', { steps: [{ ...step, stepNumber: '1' }] }],
    ['steps[1].llmCall.model', { steps: [step, { ...step, llmCall: {} }] }],
    [
      'steps[0].toolCall.error.message',
      { steps: [{ ...step, toolCall: { toolName: 't', error: { errorType: 'e' } } }] },
    ],
    ['steps[0].metadata', { steps: [{ ...step, metadata: [] }] }],
    ['errors[0].recoverable', { errors: [{ errorType: 'e', message: 'm', recoverable: 1 }] }],
    ['llmUsage.calls[0].model', { llmUsage: { calls: [{}] } }],
    ['expectedOutcome.taskObjective', { expectedOutcome: {} }],
    ['research.keyFindings[1]', { research: { keyFindings: ['a', 1] } }],
    ['research.dataSources', { research: { dataSources: 1 } }],
    ['support.followUpRequired', { support: { followUpRequired: 'no' } }],
    ['development.performanceMetrics', { development: { performanceMetrics: [] } }],
    ['general.errorsEncountered[0]', { general: { errorsEncountered: ['e'] } }],
    ['environment.customTags', { environment: { customTags: 'a' } }],
    ['big', { big: 1n }],
    ['deep.down[1].big', { deep: { down: [0, { big: 1n }] } }],
    [
      'thrower',
      {
        get thrower() {
          throw new Error('no');
        },
      },
    ],
    [
      'made.at',
      {
        made: {
          at: {
            toJSON() {
              throw new Error('no');
            },
          },
        },
      },
    ],
  ])('names %s', async (field, wrong) => {
    const error = await failure(
      client.sendTaskData(
        Object.defineProperties(task() as any, Object.getOwnPropertyDescriptors(wrong)),
      ),
    );
    expect(error).toBeInstanceOf(infinium.ValidationError);
    expect(error.field).toBe(field);
    expect(error.message).toContain(field);
    expect(server.seen).toEqual([]);
  });

  it.each([null, undefined, 5, 'task', [], () => {}, true])(
    'refuses the task %p',
    async (wrong) => {
      expect(await failure(client.sendTaskData(wrong as any))).toMatchObject({
        name: 'ValidationError',
        field: 'task',
      });
    },
  );

  it('counts code points', async () => {
    await client.sendTaskData(
      task({ name: '😀'.repeat(500), description: '\u{1F468}'.repeat(10_000) }),
    );
    expect(await failure(client.sendTaskData(task({ name: '😀'.repeat(501) })))).toMatchObject({
      field: 'name',
    });
  });

  it('accepts valid edge values', async () => {
    for (const currentDatetime of [
      '2026-11-23T09:30',
      '2026-11-23T09:30:00',
      '2026-11-23T09:30:00.5+05:30',
      '1900-01-01T00:00:00Z',
    ]) {
      await client.sendTaskData(task({ currentDatetime }));
    }
    await client.sendTaskData(task({ duration: 0 }));
    await client.sendTaskData(
      task({ duration: 86_400, steps: [{ ...step, action: '', description: '' }] }),
    );
    expect(server.seen).toHaveLength(6);
  });

  it('survives hostile tasks', async () => {
    let deep: any = {};
    for (let level = 0; level < 20_000; level += 1) deep = { deep };
    const cyclic: any = task();
    cyclic.self = { cyclic };
    const throwing = new Proxy(task(), {
      ownKeys: () => {
        throw new Error('no');
      },
    });
    const sparse = Object.assign([], { 3: step });
    for (const hostile of [
      task({ metadata: deep }),
      cyclic,
      throwing,
      task({ steps: sparse }),
      task({ a: 'x'.repeat(10_000_000) }),
    ]) {
      const outcome = await client.sendTaskData(hostile).catch((error) => error);
      expect(outcome.success || outcome instanceof infinium.InfiniumError).toBe(true);
    }
    expect(await failure(client.sendTaskData(cyclic))).toMatchObject({ name: 'ValidationError' });
    const polluted = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"x":1}}');
    expect(JSON.stringify((await wire({ polluted })).polluted)).toBe(JSON.stringify(polluted));
    expect(({} as any).polluted).toBeUndefined();
  });

  it('refuses two fields with one name on the wire', async () => {
    const error = await failure(
      client.sendTaskData(task({ inputSummary: 'a', input_summary: 'b' })),
    );
    expect(error).toMatchObject({
      name: 'ValidationError',
      field: 'input_summary',
      message: 'inputSummary and input_summary both map to input_summary; remove one',
    });
    const unknown = await failure(client.sendTaskData(task({ myField: 1, my_field: 2 })));
    expect(unknown.message).toBe('myField and my_field both map to my_field; remove one');
    const nested = await failure(
      client.sendTaskData(task({ general: { toolsUsed: ['a'], tools_used: ['b'] } as any })),
    );
    expect(nested).toMatchObject({
      field: 'general.tools_used',
      message: 'general.toolsUsed and general.tools_used both map to tools_used; remove one',
    });
  });
});

it.each<[string, Record<string, unknown>, string]>([
  [
    'the time that is filled in',
    { current_datetime: '2020-01-01T00:00:00Z', currentDatetime: undefined },
    'current_datetime',
  ],
  [
    'a null that is',
    {
      promptStudio: {
        promptsUsed: [
          { promptId: 'p', promptName: 'n', version: 1, variables_used: ['a'], fetchedAt: 't' },
        ],
      },
    },
    'promptStudio.promptsUsed[0].variables_used',
  ],
])('refuses an unknown field with the wire name of %s', async (_what, more, field) => {
  const error = await failure(sequential(server.url).sendTask(task(more) as any));
  expect(error).toMatchObject({ name: 'ValidationError', field });
  expect(server.seen).toHaveLength(0);
});

it('sends an unknown field that is called like a section on the wire', async () => {
  await sequential(server.url).sendTaskData(
    task({ timeTracking: { startTime: 'x' }, time_tracking: 1 }),
  );
  expect(server.seen[0].body).toMatchObject({
    sections: { time_tracking: { start_time: 'x' } },
    time_tracking: 1,
  });
});

it.each<[string, unknown, string]>([
  [
    'a getter that throws a RangeError',
    {
      get b() {
        throw new RangeError('mine');
      },
    },
    'a.b',
  ],
  ['a BigInt in an object', { b: Object(1n) }, 'a.b'],
  ['a BigInt behind very many numbers', { many: new Array(200_000).fill(0), b: 1n }, 'a.b'],
])('finds %s', async (_what, a, field) => {
  const error = await failure(sequential(server.url).sendTaskData(task({ a })));
  expect(error).toMatchObject({ name: 'ValidationError', field });
});

it('distinguishes missing fields from values that JSON cannot hold', async () => {
  const client = sequential(server.url);
  const message = async (more: object) =>
    (await failure(client.sendTaskData(task(more as any)))).message;
  expect(await message({ duration: undefined })).toBe('duration is required');
  expect(await message({ duration: Number.NaN })).toMatch(
    /^duration is required \(got null, which NaN/,
  );
});
