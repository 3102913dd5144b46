'use strict';
const task = require('./trace.cjs');
const [url, directory] = process.argv.slice(2);

const started = performance.now();
const { AsyncInfiniumClient } = require(directory);
const required = performance.now();
const client = new AsyncInfiniumClient({
  agentId: '7c3f0f4e-2d1b-4b52-9a56-0e8f4f1f5f10',
  agentSecret: 'bench-secret-0123456789',
  baseUrl: url,
});
const made = performance.now();
client.sendTaskData(task).then(() => {
  const times = { require: required - started, client: made - required };
  process.stdout.write(`${JSON.stringify(times)}\n`);
});
