// Cost against size, as an SVG that is readable on light and dark pages.

const WIDTH = 760;
const HEIGHT = 440;
const MARGIN = { left: 78, right: 188, top: 46, bottom: 58 };
const COLORS = ['#7a7a7a', '#d9480f', '#1971c2', '#2f9e44', '#9c36b5'];

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {[x: number, y: number][]} points all above 0
 */

/**
 * @param {{ title: string, x: string, y: string, lines: Line[], ticks: [number, string][] }} plot
 *   both axes are logarithmic; `ticks` are those of the x axis
 * @returns {string}
 */
export function draw({ title, x, y, lines, ticks }) {
  const all = lines.flatMap(({ points }) => points);
  const [left, right] = [MARGIN.left, WIDTH - MARGIN.right];
  const [bottom, top] = [HEIGHT - MARGIN.bottom, MARGIN.top];
  const xs = all.map(([at]) => at);
  const decades = all.map(([, value]) => Math.log10(value));
  const lowest = Math.floor(Math.min(...decades));
  const highest = Math.ceil(Math.max(...decades));
  const scale = (
    /** @type {number} */ at,
    /** @type {[number, number]} */ [a, b],
    /** @type {[number, number]} */ [from, to],
  ) => round(from + ((at - a) / (b - a)) * (to - from));
  const toX = (/** @type {number} */ at) => {
    const range = [Math.log10(Math.min(...xs)), Math.log10(Math.max(...xs))];
    return scale(Math.log10(at), /** @type {[number, number]} */ (range), [left, right]);
  };
  const toY = (/** @type {number} */ at) => {
    return scale(Math.log10(at), [lowest, highest], [bottom, top]);
  };

  const parts = [];
  for (let decade = lowest; decade <= highest; decade += 1) {
    const at = toY(10 ** decade);
    parts.push(`<path class="grid" d="M${left} ${at}H${right}"/>`);
    const text = (10 ** decade).toLocaleString('en-US');
    parts.push(`<text x="${left - 8}" y="${at + 4}" text-anchor="end">${text}</text>`);
  }
  for (const [at, text] of ticks) {
    parts.push(`<path class="grid" d="M${toX(at)} ${bottom}V${top}"/>`);
    parts.push(`<text x="${toX(at)}" y="${bottom + 18}" text-anchor="middle">${text}</text>`);
  }
  const ends = spread(lines.map(({ points }) => toY(points[points.length - 1][1])));
  lines.forEach(({ name, points }, index) => {
    const color = COLORS[index % COLORS.length];
    const path = points.map(([at, value]) => `${toX(at)} ${toY(value)}`).join('L');
    parts.push(`<path class="line" stroke="${color}" d="M${path}"/>`);
    for (const [at, value] of points) {
      parts.push(`<circle fill="${color}" r="3" cx="${toX(at)}" cy="${toY(value)}"/>`);
    }
    parts.push(
      `<text x="${right + 10}" y="${ends[index] + 4}" fill="${color}">${toXml(name)}</text>`,
    );
  });
  const middle = (top + bottom) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
<title>${toXml(title)}</title>
<style>
text { font: 12px sans-serif; }
text:not([fill]) { fill: #555; }
.grid { stroke: #999; stroke-opacity: 0.25; }
.line { fill: none; stroke-width: 2; }
@media (prefers-color-scheme: dark) { text:not([fill]) { fill: #bbb; } }
</style>
<text x="${left}" y="24" style="font-size: 15px">${toXml(title)}</text>
<text x="${(left + right) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${toXml(x)}</text>
<text transform="rotate(-90 18 ${middle})" x="18" y="${middle}" text-anchor="middle">${toXml(y)}</text>
${parts.join('\n')}
</svg>
`;
}

/**
 * Moves overlapping labels apart.
 *
 * @param {number[]} places
 */
function spread(places) {
  const order = places.map((_, index) => index).sort((a, b) => places[a] - places[b]);
  const moved = [...places];
  order.forEach((index, rank) => {
    if (rank > 0) moved[index] = Math.max(moved[index], moved[order[rank - 1]] + 15);
  });
  return moved;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}

/** @param {string} text */
function toXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
