'use strict';
const task = require('./trace.cjs');

const headers = { 'content-type': 'application/json' };
fetch(`${process.argv[2]}/agents/bench/trace`, {
  method: 'POST',
  headers,
  body: JSON.stringify(task),
})
  .then((response) => response.json())
  .then(() => process.stdout.write('{}\n'));
