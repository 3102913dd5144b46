// Measures the page with 10,000 traces and one trace of 2,000 steps: `node crates/infinium-local/e2e/speed.mjs`.
//
// INFINIUM_LOCAL names the program, by default the quick build.
import path from 'node:path';
import { startPlatform } from '../../../scripts/platform.mjs';
import { target } from '../../../scripts/run.mjs';
import { sendTraces } from '../../../scripts/workbench/send.mjs';
import { makeTrace } from '../../../scripts/workbench/traces.mjs';
import { openPage, send, startBrowser } from './support.mjs';

const program = process.env.INFINIUM_LOCAL ?? path.join(target, 'quick', 'infinium-local');
const platform = await startPlatform(['--memory'], { program });
await sendTraces(platform.url, 10_000, (number) => makeTrace(number));
const { traceId } = await send(platform.url, makeTrace(1, { steps: 2000, words: 4 }));
const browser = await startBrowser();
const { page } = await openPage(browser, platform.viewer);

/** @param {number[]} times */
const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)].toFixed(0);

/** @param {string} url @param {string} selector of what is there when the page can be used */
async function firstPaint(url, selector) {
  const times = { paint: /** @type {number[]} */ ([]), ready: /** @type {number[]} */ ([]) };
  for (let index = 0; index < 7; index += 1) {
    await page.goto(url);
    await page.locator(selector).first().waitFor();
    const found = await page.evaluate(() => ({
      paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      ready: performance.now(),
    }));
    times.paint.push(found.paint);
    times.ready.push(found.ready);
  }
  return `first paint ${median(times.paint)} ms, usable ${median(times.ready)} ms`;
}

/** @param {string} selector of what scrolls */
const frames = (selector) =>
  page.locator(selector).evaluate(async (element) => {
    const gaps = /** @type {number[]} */ ([]);
    let last = performance.now();
    const end = last + 2000;
    while (last < end) {
      element.scrollTop += 60;
      const now = await new Promise(requestAnimationFrame);
      gaps.push(now - last);
      last = now;
    }
    gaps.sort((a, b) => a - b);
    const at = (/** @type {number} */ part) => gaps[Math.floor(gaps.length * part)].toFixed(1);
    return `${(gaps.length / 2).toFixed(0)} frames a second; a frame takes ${at(0.5)} ms, 95 % at most ${at(0.95)} ms`;
  });

console.log(`list of 10,000: ${await firstPaint(platform.viewer, '.row:not(.head)')}`);
console.log(`  scrolling: ${await frames('.grid')}`);
const searches = [];
for (const words of ['whale', 'white whale', 'leviath', 'defi', '"white whale"', 'nothing']) {
  searches.push(
    await page.evaluate(async (q) => {
      const started = performance.now();
      await (await fetch(`/local/list?limit=200&q=${encodeURIComponent(q)}`)).json();
      return performance.now() - started;
    }, words),
  );
}
console.log(`  search: ${searches.map((time) => time.toFixed(0)).join(', ')} ms`);
console.log(
  `2,000 steps: ${await firstPaint(`${platform.viewer}traces/${traceId}`, '.step-row[data-step]')}`,
);
console.log(`  scrolling: ${await frames('.steps')}`);
await browser.close();
await platform.stop();
