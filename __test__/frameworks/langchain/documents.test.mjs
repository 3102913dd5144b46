// The code of the documents runs with LangChain.
import { testDocuments } from '../documents.mjs';

await testDocuments('langchain', {
  given: {
    FakeModel: "import { FakeModel } from './fake-model.mjs';",
    agent: "const agent = new FakeModel([{ content: 'hi' }]);",
    input: "const input = 'hi';",
  },
  use: () => '',
});
