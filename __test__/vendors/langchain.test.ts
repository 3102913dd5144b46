// Chat models of LangChain, and the models that are derived from them.
import { openaiFacts, traced, useProvider, watch } from '../support/watching';

const use = useProvider();
const { ChatOpenAI, AzureChatOpenAI } = require('@langchain/openai');
const { z } = require('zod');

const fields = { model: 'some-model', apiKey: 'none', maxRetries: 0, streamUsage: true };
const make = (more: object = {}) =>
  new ChatOpenAI({ ...fields, ...more, configuration: { baseURL: `${use.provider.url}/v1` } });
const tool = { type: 'function', function: { name: 'get_weather', parameters: {} } };
const city = z.object({ city: z.string() });

async function readAll(stream: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _chunk of stream) count += 1;
  return count;
}

const uses: [string, (model: any) => Promise<unknown>][] = [
  ['invoke', async (model) => (await model.invoke('Say hello')).content],
  ['stream', async (model) => readAll(await model.stream('Say hello'))],
  ['bindTools', async (model) => (await model.bindTools([tool]).invoke('Say hello')).tool_calls],
  [
    'bindTools, twice, and a stream',
    async (model) =>
      readAll(
        await model.bindTools([tool]).withConfig({ tool_choice: 'none' }).stream('Say hello'),
      ),
  ],
  [
    'withStructuredOutput',
    (model) => model.withStructuredOutput(city, { method: 'jsonSchema' }).invoke('Say hello'),
  ],
  [
    'withStructuredOutput as JSON',
    (model) => model.withStructuredOutput(city, { method: 'jsonMode' }).invoke('Say hello'),
  ],
  ['withRetry', async (model) => (await model.withRetry().invoke('Say hello')).content],
];

describe.each([
  ['chat completions', {}],
  ['responses', { useResponsesApi: true }],
])('%s', (kind, more) => {
  const supported = uses.filter(([name]) => kind !== 'responses' || !/Structured/.test(name));

  it.each(supported)('records %s once, and changes nothing', async (_name, run) => {
    const expected = await run(make(more));
    const requests = use.provider.requests.splice(0);
    const model = watch<any>(make(more));
    expect(watch(model)).toBe(model);
    let actual: unknown;
    const { steps } = await traced(async () => {
      actual = await run(model);
    });
    expect(actual).toEqual(expected);
    expect(use.provider.requests).toEqual(requests);
    expect(steps?.slice(1)).toMatchObject([{ llmCall: openaiFacts }]);
  });
});

it('records a model whose client was there before', async () => {
  const model: any = make();
  await model.invoke('Say hello');
  watch(model);
  const { steps } = await traced(() => model.invoke('Say hello'));
  expect(steps).toHaveLength(2);
});

it('records models of Azure', async () => {
  const model = watch<any>(
    new AzureChatOpenAI({
      ...fields,
      azureOpenAIApiKey: 'none',
      azureOpenAIApiVersion: '2026-01-01',
      azureOpenAIApiDeploymentName: 'some-model',
      azureOpenAIEndpoint: use.provider.url,
    }),
  );
  const { steps } = await traced(() => model.bindTools([tool]).invoke('Say hello'));
  expect(steps?.slice(1)).toMatchObject([{ llmCall: { ...openaiFacts, provider: 'azure' } }]);
});

it('leaves other models alone', async () => {
  watch(make());
  const { steps } = await traced(() => make().bindTools([tool]).invoke('Say hello'));
  expect(steps).toHaveLength(1);
});
