// The report of a run: text, tables and a plot.

import { CONTESTANTS } from '../contestants/index.mjs';
import { compare } from './bars.mjs';
import { draw } from './plot.mjs';
import { median } from './statistics.mjs';
import { barsTable, figures, lossTable, number, table } from './tables.mjs';

/** @type {[string, string][]} */
const SIZES = [
  ['1 KB', 'concurrent-1'],
  ['8 KB', 'concurrent-8'],
  ['64 KB', 'concurrent-64'],
];
const at = (/** @type {string} */ prefix) =>
  /** @type {[string, string][]} */ (
    SIZES.map(([title, id]) => [title, id.replace('concurrent', prefix)])
  );

/**
 * @param {import('./results.mjs').Results} results
 * @param {{ machine: any, start?: Record<string, any[]>, files: any }} about
 * @returns {{ text: string, bars: import('./bars.mjs').Bar[] }}
 */
export function report(results, { machine, start, files }) {
  const ours = start?.ours ?? [];
  const bars = compare(results, {
    start: start && {
      ready: median(ours.map(({ require, client }) => require + client)),
      beyond: median(ours.map(({ beyond }) => beyond)),
    },
    nodeFileMb: files.node,
  });
  /** @type {[title: string, body: string | undefined][]} */
  const sections = [
    ['The bars', barsTable(bars)],
    ['Main-thread CPU, µs per trace (x floor)', figures(results, 'main', SIZES, 'floor')],
    ['Traces per second', figures(results, 'rate', SIZES)],
    ['Total CPU of the process, µs per trace', figures(results, 'total', SIZES)],
    [
      'With emoji: main-thread CPU, µs per trace (x floor)',
      figures(results, 'main', at('emoji'), 'floor'),
    ],
    ['With emoji: traces per second', figures(results, 'rate', at('emoji'))],
    [
      'One after another: traces per second (x undici)',
      figures(results, 'rate', at('sequential'), 'undici'),
    ],
    ['Over TLS: traces per second (x undici)', figures(results, 'rate', at('tls'), 'undici')],
    ['Over TLS: main-thread CPU, µs per trace', figures(results, 'main', at('tls'))],
    ['20 ms of latency: traces per second', figures(results, 'rate', at('latency'))],
    [
      '20 ms of latency: main-thread CPU, µs per trace (x floor)',
      figures(results, 'main', at('latency'), 'floor'),
    ],
    ['Delay of the event loop, ms, 5,000 x 8 KB', several(results, 'delay', ['p50', 'p99', 'max'])],
    ['Growth of memory, MB, 10,000 x 1 KB', several(results, 'memory', ['peak', 'kept'])],
    [
      '20,000 un-awaited sends of 1 KB: delay of the event loop, ms',
      several(results, 'burst', ['max']),
    ],
    ['From start to first trace, ms', start && startTable(start)],
    ['Cost of a trace of 1 KB as traces become more', flatTable(results, 'count-', 'traces')],
    ['… as requests in flight become more', flatTable(results, 'in-flight-', 'in flight')],
    ['… as clients become more', flatTable(results, 'clients-', 'clients')],
    [
      'Main-thread CPU, µs per trace (x floor), by size',
      figures(results, 'main', sizesOf(results), 'floor'),
    ],
    ['Loss and threads, over the whole run', lossTable(results)],
  ];
  const failures = results.failures();
  const text = [
    about(machine, files),
    ...sections.flatMap(([title, body]) => (body ? [`### ${title}`, body] : [])),
    ...(failures.length > 0
      ? ['### What failed', failures.map((line) => `- ${line}`).join('\n')]
      : []),
  ].join('\n\n');
  return { text, bars };
}

/**
 * @param {any} machine
 * @param {any} files
 */
function about(machine, files) {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const size = files.node
    ? ` The addon is ${number(files.node)} MB, ${number(files.gzip)} MB with gzip.`
    : '';
  return (
    `${machine.date}, ${machine.rounds} rounds, on ${machine.cores} cores of ${machine.cpu} with ` +
    `${machine.memory} GB, ${machine.system}. ${versions.join(', ')}.${size}`
  );
}

/**
 * @param {import('./results.mjs').Results} results
 * @param {string} scenario
 * @param {string[]} names of figures
 */
function several(results, scenario, names) {
  const contestants = results.samples[scenario];
  if (!contestants) return undefined;
  const rows = Object.keys(contestants).map((contestant) => [
    CONTESTANTS[contestant].name,
    ...names.map((name) => number(results.median(scenario, contestant, name))),
  ]);
  return table(['', ...names], rows);
}

/** @param {Record<string, any[]>} start */
function startTable(start) {
  const names = {
    empty: 'empty Node.js process',
    ours: 'infinium-o2',
    fetch: 'fetch',
    undici: 'undici Pool',
  };
  const rows = Object.entries(start).map(([program, samples]) => {
    const of = (/** @type {string} */ figure) => {
      return number(median(samples.map((sample) => sample[figure])));
    };
    const title = names[/** @type {'ours'} */ (program)];
    return [title, of('first'), of('beyond'), of('require'), of('client')];
  });
  return table(['', 'in all', 'beyond empty', 'require', 'first client'], rows);
}

/**
 * @param {import('./results.mjs').Results} results
 * @param {string} prefix of scenarios
 * @param {string} title
 */
function flatTable(results, prefix, title) {
  const ids = Object.keys(results.samples).filter((id) => id.startsWith(prefix));
  if (ids.length === 0) return undefined;
  const head = [title, 'main-thread µs', 'x floor', 'total µs', 'traces per second'];
  const hasSingle = ids.some((id) => results.samples[id].single);
  if (hasSingle) head.push('sendTaskData: main-thread µs', 'traces per second');
  const rows = ids.map((id) => {
    const row = [
      Number(id.slice(prefix.length)).toLocaleString('en-US'),
      number(results.median(id, 'batch', 'main')),
      number(results.ratio(id, 'main', 'batch', 'floor')),
      number(results.median(id, 'batch', 'total')),
      number(results.median(id, 'batch', 'rate')),
    ];
    if (hasSingle) {
      row.push(number(results.median(id, 'single', 'main')));
      row.push(number(results.median(id, 'single', 'rate')));
    }
    return row;
  });
  return table(head, rows);
}

/**
 * @param {import('./results.mjs').Results} results
 * @returns {[string, string][]}
 */
function sizesOf(results) {
  const ids = Object.keys(results.samples).filter((id) => id.startsWith('size-'));
  return ids.map((id) => [sizeName(Number(id.slice(5))), id]);
}

/** @param {number} kb */
function sizeName(kb) {
  return kb < 1 ? `${kb * 1024} B` : `${kb} KB`;
}

/**
 * @param {import('./results.mjs').Results} results
 * @returns {string | undefined} SVG, if the run has what it needs
 */
export function plotSizes(results) {
  const columns = sizesOf(results);
  if (columns.length === 0) return undefined;
  const names = Object.keys(results.samples[columns[0][1]]);
  const lines = names.map((contestant) => ({
    name: CONTESTANTS[contestant].name,
    points: columns
      .map(([, id]) => [Number(id.slice(5)), results.median(id, contestant, 'main')])
      .filter(([, value]) => value !== undefined),
  }));
  return draw({
    title: 'What a trace costs the thread that runs the agent',
    x: 'size of the trace',
    y: 'main-thread CPU, µs',
    lines: /** @type {any} */ (lines.filter(({ points }) => points.length > 0)),
    ticks: columns.map(([title, id]) => [Number(id.slice(5)), title]),
  });
}
