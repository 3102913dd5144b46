'use strict';
const task = require('./trace.cjs');

const started = performance.now();
const { Pool } = require('undici');
const required = performance.now();
const pool = new Pool(process.argv[2], { connections: 16 });
const made = performance.now();
const headers = { 'content-type': 'application/json' };
const path = '/agents/bench/trace';
pool
  .request({ path, method: 'POST', headers, body: JSON.stringify(task) })
  .then(({ body }) => body.json())
  .then(() => {
    const times = { require: required - started, client: made - required };
    process.stdout.write(`${JSON.stringify(times)}\n`);
    return pool.close();
  });
