// What is measured. Each contestant is made in its own process, by the module named here.

/**
 * @typedef {object} Job what a contestant is given
 * @property {string} contestant its key in {@link CONTESTANTS}
 * @property {'cpu' | 'delay' | 'memory'} measure
 * @property {number} bytes of `JSON.stringify(task)`
 * @property {'ascii' | 'emoji'} text
 * @property {number} warm traces sent before measuring
 * @property {number} count traces sent while measuring
 * @property {string} url where the sink listens
 * @property {string} [ca] the sink's certificate, if it speaks TLS
 * @property {string} package the directory of infinium-o2
 * @property {number} inFlight the most requests in flight
 * @property {number} clients how many clients share the work
 *
 * @typedef {object} Contestant
 * @property {(pool: object[], count: number) => Promise<number>} send sends `count` traces, taken in
 *   turn from `pool`; when all are done, resolves to the number that it considers delivered
 * @property {() => Promise<void>} [close]
 *
 * @typedef {object} Entry
 * @property {string} name in tables
 * @property {string} module exports `make`
 * @property {object} [options] given to `make` together with the job
 * @property {number} pace traces it sends, as a fraction of what the fastest sends; keeps rounds short
 * @property {string} [package] the package whose version the tables name
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
