// The code of the documents runs with Mastra.
import { testDocuments } from '../documents.mjs';

await testDocuments('mastra', {
  given: {
    Mastra: "import { Mastra } from '@mastra/core/mastra';",
    Observability: "import { Observability } from '@mastra/observability';",
    Agent: "import { Agent } from '@mastra/core/agent';",
    fakeModel: "import { fakeModel } from './fake-model.mjs';",
    guide: `const model = fakeModel([{ text: 'hi' }]);
      const guide = new Agent({ id: 'guide', name: 'guide', instructions: 'Answer.', model });`,
  },
  use: () => "await mastra.getAgent('guide').generate('hi');",
});
