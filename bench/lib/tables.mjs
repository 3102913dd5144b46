// Tables in Markdown, which are also readable in a terminal.

import { CONTESTANTS } from '../contestants/index.mjs';
import { verdict } from './bars.mjs';

/**
 * @param {string[]} head
 * @param {string[][]} rows the first column is aligned to the left, all others to the right
 */
export function table(head, rows) {
  const widths = head.map((title, column) => {
    return Math.max(3, ...[title, ...rows.map((row) => row[column])].map((cell) => cell.length));
  });
  const line = (/** @type {string[]} */ cells) => {
    const padded = cells.map((cell, column) => {
      return column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) => {
    return column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`;
  });
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/**
 * @param {number | undefined} value
 * @returns {string} three significant digits, with thousands separators
 */
export function number(value) {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (value === Number.POSITIVE_INFINITY) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const rounded = Math.abs(value) >= 1000 ? Number(value.toPrecision(3)) : value;
  return rounded.toLocaleString('en-US', {
    minimumFractionDigits: Number.isInteger(value) ? 0 : digits,
    maximumFractionDigits: digits,
  });
}

/** @param {string} contestant */
const nameOf = (contestant) => {
  if (contestant === 'limit') return 'limit: the same bytes over and over';
  return CONTESTANTS[contestant].name;
};

/**
 * One figure of all contestants, a column for each scenario.
 *
 * @param {import('./results.mjs').Results} results
 * @param {string} figure
 * @param {[title: string, scenario: string][]} columns
 * @param {string} [base] a contestant; cells then also show the ratio to its figure
 */
export function figures(results, figure, columns, base) {
  const known = columns.filter(([, scenario]) => results.samples[scenario]);
  if (known.length === 0) return undefined;
  const names = [...new Set(known.flatMap(([, id]) => Object.keys(results.samples[id])))]
    // The floor sends nothing, so it has no rate.
    .filter((name) => figure !== 'rate' || name !== 'floor');
  const rows = names.map((name) => {
    const cells = known.map(([, scenario]) => {
      const value = results.median(scenario, name, figure);
      if (value === undefined || !base || name === base) return number(value);
      const times = results.ratio(scenario, figure, name, base);
      return times === undefined ? number(value) : `${number(value)} (${number(times)}x)`;
    });
    return [nameOf(name), ...cells];
  });
  const filled = rows.filter((row) => row.slice(1).some((cell) => cell !== '–'));
  return filled.length > 0 ? table(['', ...known.map(([title]) => title)], filled) : undefined;
}

/**
 * @param {import('./bars.mjs').Bar[]} bars
 */
export function barsTable(bars) {
  const sign = { max: '<=', min: '>=' };
  const unit = { ratio: 'x', ms: ' ms', MB: ' MB', count: '' };
  const rows = bars.map((bar) => {
    const show = (/** @type {number | undefined} */ value) => {
      const text = number(value);
      return text === '–' ? text : `${text}${unit[bar.unit]}`;
    };
    const limit = (/** @type {number} */ value) => {
      return Number.isFinite(value) ? `${sign[bar.bound]} ${show(value)}` : '–';
    };
    return [bar.what, show(bar.value), limit(bar.must), limit(bar.goal), verdict(bar)];
  });
  return table(['', 'measured', 'must', 'goal', 'reached'], rows);
}

/**
 * @param {import('./results.mjs').Results} results
 */
export function lossTable(results) {
  const names = Object.keys(CONTESTANTS).filter((name) => name !== 'floor');
  const rows = names
    .map((name) => ({ name, threads: results.threads(name), ...results.losses(name) }))
    .filter(({ sent }) => sent > 0)
    .map(({ name, sent, lost, doubled, threads }) => [
      nameOf(name),
      sent.toLocaleString('en-US'),
      lost.toLocaleString('en-US'),
      doubled.toLocaleString('en-US'),
      Number.isFinite(threads) ? String(threads) : '–',
    ]);
  return rows.length > 0 ? table(['', 'sent', 'lost', 'twice', 'threads added'], rows) : undefined;
}
