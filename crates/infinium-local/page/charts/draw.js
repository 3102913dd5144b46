// Charts in SVG. Each is also a table, for those who read numbers or hear them.
import { h, s } from '../dom.js';
import { when } from '../format.js';

const WIDTH = 640;
const HEIGHT = 190;
const LEFT = 58;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 22;
const INNER = WIDTH - LEFT - RIGHT;
const FLOOR = HEIGHT - BOTTOM;

/**
 * @typedef {{ name: string, color: number | string, values: number[] }} Series
 * @typedef {{ fromMs: number, bucketMs: number }} Time
 * @typedef {(value: number) => string} Format
 */

/**
 * Bars on top of each other, one for each part of the time.
 *
 * @param {string} title
 * @param {Time} time
 * @param {Format} format
 * @param {(index: number) => string} link where a bar leads
 * @param {Series[]} series
 */
export function barChart(title, time, format, link, series) {
  const length = series[0]?.values.length ?? 0;
  const sums = Array.from({ length }, (_, index) =>
    series.reduce((sum, { values }) => sum + values[index], 0),
  );
  const max = niceMax(Math.max(...sums, 0));
  const width = INNER / Math.max(1, length);
  const bars = sums.map((sum, index) => {
    if (sum === 0) return null;
    let top = FLOOR;
    const parts = series.map(({ color, values }) => {
      const height = (values[index] / max) * (FLOOR - TOP);
      top -= height;
      return (
        height > 0 &&
        s('rect', {
          class: `series-${color}`,
          x: LEFT + index * width,
          y: top,
          width: Math.max(1, width - 1.5),
          height,
        })
      );
    });
    const words = series
      .filter(({ values }) => values[index] > 0)
      .map(({ name, values }) => `${name}: ${format(values[index])}`);
    const label = `${when(time.fromMs + index * time.bucketMs)}. ${words.join(', ')}`;
    return s('a', { href: link(index), 'aria-label': label }, s('title', {}, label), parts);
  });
  return frame(title, time, format, max, series, bars);
}

/**
 * A line for each series; parts of the time without traces are gaps.
 *
 * @param {string} title
 * @param {Time} time
 * @param {Format} format
 * @param {(index: number) => string} link where a point leads
 * @param {Series[]} series
 * @param {number[]} counts how many traces each part of the time has
 */
export function lineChart(title, time, format, link, series, counts) {
  const max = niceMax(Math.max(...series.flatMap(({ values }) => values), 0));
  const width = INNER / Math.max(1, counts.length);
  const place = (/** @type {number} */ index, /** @type {number} */ value) =>
    `${(LEFT + (index + 0.5) * width).toFixed(1)},${(FLOOR - (value / max) * (FLOOR - TOP)).toFixed(1)}`;
  const lines = series.flatMap(({ name, color, values }) => {
    let path = '';
    let isOpen = false;
    for (const [index, value] of values.entries()) {
      if (counts[index] > 0) path += `${isOpen ? 'L' : 'M'}${place(index, value)}`;
      isOpen = counts[index] > 0;
    }
    const points = values.map((value, index) => {
      if (counts[index] === 0) return null;
      const [cx, cy] = place(index, value).split(',');
      const label = `${name} in ${format(value)}, ${when(time.fromMs + index * time.bucketMs)}`;
      const point = s('circle', { class: `series-${color}`, cx, cy, r: 2.4 });
      return s('a', { href: link(index), 'aria-label': label }, s('title', {}, label), point);
    });
    return [s('path', { class: `line series-${color}`, d: path }), ...points];
  });
  return frame(title, time, format, max, series, lines);
}

/**
 * @param {string} title
 * @param {Time} time
 * @param {Format} format
 * @param {number} max
 * @param {Series[]} series
 * @param {(SVGElement | null)[]} marks
 */
function frame(title, time, format, max, series, marks) {
  const length = series[0]?.values.length ?? 0;
  const rules = [0, 0.5, 1].map((part) => {
    const y = FLOOR - part * (FLOOR - TOP);
    return [
      s('line', { class: 'rule', x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y }),
      s('text', { x: LEFT - 6, y: y + 4, 'text-anchor': 'end' }, format(max * part)),
    ];
  });
  const ends = [
    s('text', { x: LEFT, y: HEIGHT - 5 }, when(time.fromMs)),
    s(
      'text',
      { x: WIDTH - RIGHT, y: HEIGHT - 5, 'text-anchor': 'end' },
      when(time.fromMs + length * time.bucketMs),
    ),
  ];
  return h(
    'figure',
    { class: 'chart' },
    h(
      'figcaption',
      {},
      h('h2', {}, title),
      h(
        'ul',
        { class: 'legend' },
        series.map(({ name, color }) =>
          h(
            'li',
            {},
            h('span', { class: `swatch series-${color}`, 'aria-hidden': 'true' }),
            name || '(no name)',
          ),
        ),
      ),
    ),
    s(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'group', 'aria-label': title },
      rules.flat(),
      ends,
      marks.filter((mark) => mark !== null),
    ),
  );
}

/** A round number that is not below the largest. @param {number} max */
function niceMax(max) {
  if (max <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(max));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= max) ?? 10;
  return step * power;
}
