// The code of the documents runs with the AI SDK.
import { testDocuments } from '../documents.mjs';

const ANSWER = `{
  content: [{ type: 'text', text: 'hi' }],
  finishReason: { unified: 'stop', raw: 'stop' },
  usage: { inputTokens: { total: 1 }, outputTokens: { total: 1 } },
  warnings: [],
}`;

const IMPORT = "import { generateText } from 'ai-6';";

/** Code that is for the older versions has their package, which has another name here. */
const isOlder = (/** @type {string} */ code) => code.includes('experimental_telemetry');

const older = (/** @type {string} */ code) =>
  `${IMPORT}\n${code.replace("import { generateText } from 'ai';", '')}`;

await testDocuments('ai-sdk', {
  prepare: (code) => (isOlder(code) ? older(code) : code),
  given: {
    InfiniumClient: "import { InfiniumClient } from 'infinium-o2';",
    infiniumTelemetry: "import { infiniumTelemetry } from 'infinium-o2/ai-sdk';",
    client: 'const client = new InfiniumClient();',
    MockLanguageModelV3: "import { MockLanguageModelV3 } from 'ai-6/test';",
    model: `const model = new MockLanguageModelV3({ doGenerate: async () => (${ANSWER}) });`,
    prompt: "const prompt = 'hi';",
    generateText: "import { generateText } from 'ai';",
  },
  use: (code) => (isOlder(code) ? '' : 'await generateText({ model, prompt });'),
});
