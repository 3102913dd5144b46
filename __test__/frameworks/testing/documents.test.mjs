// The code of the documents runs, with the matchers of a small `expect`.
import { testDocuments } from '../documents.mjs';

await testDocuments('testing', {
  traces: 0,
  given: {
    traceTool: "import { traceTool } from 'infinium-o2';",
    myAgent:
      "const myAgent = async (client) => client.trace('a', () => traceTool('search', () => 1)())();",
    traces: "const traces = [{ name: 'a', description: 'b', duration: 1, currentDatetime: '' }];",
    expect: `const expect = (received) => ({
        toHaveTokensBelow: (limit) => {
          const { pass, message } = expect.known.toHaveTokensBelow(received, limit);
          if (!pass) throw new Error(message());
        },
      });
      expect.extend = (known) => Object.assign(expect, { known });`,
  },
  use: () => '',
});
