// The documented code of batches, exactly as users find it, with the declarations that it needs.
const documents = `
interface Doc { title: string; summary: string; duration: number; usage: { prompt_tokens: number; completion_tokens: number } }
declare global { const documents: Doc[]; }
`;
const given = `
import type { TaskData } from 'infinium-o2';
declare const client: import('infinium-o2').InfiniumClient;
declare const tasks: TaskData[];
`;
// Where a program was given neither the DOM nor Node.js.
const console = `
declare global { const console: { log(text: string): void; error(text: string): void } }
`;

/** Makes tasks of documents. */
export const batch = `const tasks = documents.map((doc) => ({
name: \`Summarize: \${doc.title.slice(0, 60)}\`,
description: \`2-sentence summary of '\${doc.title}'\`,
currentDatetime: client.getCurrentIsoDatetime(),
duration: doc.duration,
inputSummary: \`Document: \${doc.title}\`,
outputSummary: doc.summary,
llmUsage: {
model: 'gpt-4o',
provider: 'openai',
promptTokens: doc.usage.prompt_tokens,
completionTokens: doc.usage.completion_tokens,
apiCallsCount: 1,
},
}));
`;

/** Files of a project, by name. */
export const documented: Record<string, string> = {
  'documents.ts': `${documents}${console}export {};`,

  'basic.ts': `
import { InfiniumClient } from 'infinium-o2';
const client = new InfiniumClient({ agentId: '...', agentSecret: '...' });
${batch}const result = await client.sendBatch(tasks);
console.log(\`Sent \${result.successfulTasks}/\${result.totalTasks} traces\`);
`,

  'sequential.ts': `${given}
const result = await client.sendBatch(tasks);
`,

  'concurrent.ts': `${given}
import { AsyncInfiniumClient } from 'infinium-o2';
const asyncClient = new AsyncInfiniumClient({ agentId: '...', agentSecret: '...' });
const result = await asyncClient.sendBatch(tasks);
`,

  'strict.ts': `${given}
declare const asyncClient: import('infinium-o2').AsyncInfiniumClient;
const result = await asyncClient.sendBatchSequential(tasks);
`,

  'failures.ts': `${given}
const result = await client.sendBatch(tasks);
result.results.forEach((resp, i) => {
if (!resp.success) {
console.error(\`Task \${i} failed: \${resp.message}\`);
}
});
`,

  'batch-error.ts': `${given}
import { BatchError } from 'infinium-o2';
try {
const result = await client.sendBatch(tasks);
} catch (error) {
if (error instanceof BatchError) {
console.error(\`Batch failed: \${error.failedTasks}/\${error.totalTasks}\`);
error.errors?.forEach((e) => console.error(\` - \${e}\`));
}
}
`,
};
