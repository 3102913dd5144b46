// Who is measured. Each is made in a process of its own, by the module that is named here.

/**
 * @typedef {object} Job what a contestant is told
 * @property {string} url where the sink listens
 * @property {string} [ca] its certificate, if it speaks TLS
 * @property {string} package the directory of infinium-o2
 * @property {number} inFlight requests in flight at most
 * @property {number} clients how many clients share the work
 *
 * @typedef {object} Contestant
 * @property {(pool: object[], count: number) => Promise<number>} send sends `count` traces taken in
 *   turn from `pool`; resolves when all are done, to how many it takes for delivered
 * @property {() => Promise<void>} [close]
 *
 * @typedef {object} Entry
 * @property {string} name in tables
 * @property {string} module exports `make`
 * @property {object} [options] given to `make` beside the job
 * @property {number} pace its part of the traces that the fastest sends, so that rounds are short
 * @property {string} [package] whose version tables name
 */

/** @type {Record<string, Entry>} */
export const CONTESTANTS = {
  floor: { name: 'floor: JSON.stringify', module: 'floor', pace: 2 },
  batch: { name: 'infinium-o2 sendBatch', module: 'ours', options: { how: 'batch' }, pace: 1 },
  batches: {
    name: 'infinium-o2 sendBatch, two at once',
    module: 'ours',
    options: { how: 'batch', atOnce: 2 },
    pace: 1,
  },
  single: { name: 'infinium-o2 sendTaskData', module: 'ours', options: { how: 'single' }, pace: 1 },
  enqueue: {
    name: 'infinium-o2 enqueue',
    module: 'ours',
    options: { how: 'enqueue' },
    pace: 1,
  },
  trace: { name: 'infinium-o2 trace', module: 'ours', options: { how: 'trace' }, pace: 1 },
  burst: {
    name: 'infinium-o2 sendTaskData, all in one go',
    module: 'ours',
    options: { how: 'burst' },
    pace: 1,
  },
  sequential: {
    name: 'infinium-o2 sendBatch (sequential)',
    module: 'ours',
    options: { how: 'sequential' },
    pace: 0.4,
  },
  undici: {
    name: 'by hand on undici Pool',
    module: 'by-hand',
    options: { transport: 'undici' },
    pace: 0.5,
    package: 'undici',
  },
  bare: {
    name: 'undici Pool, task as it is',
    module: 'by-hand',
    options: { transport: 'undici', bare: true },
    pace: 0.5,
    package: 'undici',
  },
  fetch: {
    name: 'by hand on fetch',
    module: 'by-hand',
    options: { transport: 'fetch' },
    pace: 0.1,
  },
  opentelemetry: {
    name: 'OpenTelemetry OTLP/HTTP',
    module: 'opentelemetry',
    pace: 0.3,
    package: '@opentelemetry/exporter-trace-otlp-http',
  },
  posthog: { name: 'posthog', module: 'posthog', pace: 0.2, package: 'posthog-node' },
  langfuse: { name: 'langfuse 5', module: 'langfuse', pace: 0.2, package: '@langfuse/otel' },
  langfuse3: { name: 'langfuse 3', module: 'langfuse3', pace: 0.05, package: 'langfuse' },
  langsmith: { name: 'langsmith', module: 'langsmith', pace: 0.05, package: 'langsmith' },
  python: { name: "vendor's Python SDK (async)", module: 'python', pace: 0.02 },
};
