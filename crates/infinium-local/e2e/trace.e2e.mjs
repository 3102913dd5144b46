// One trace, as a person reads it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, send, startBrowser, startLocal } from './support.mjs';
import { plain, RICH } from './traces.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startLocal>>} */
let platform;
/** @type {string} */
let address;

before(async () => {
  browser = await startBrowser();
  platform = await startLocal();
  const { traceId } = await send(platform.url, RICH);
  address = `${platform.viewer}traces/${traceId}`;
});
after(async () => {
  await browser?.close();
  await platform?.stop();
});

/** @param {import('playwright-core').Page} page */
const detail = (page) => page.getByRole('region', { name: 'Step' });

test('draws steps at their true times, as a tree with the critical path', async () => {
  const { page, close } = await openPage(browser, address);
  const rows = page.locator('.step-row[data-step]');
  await rows.nth(3).waitFor();
  const bars = await page
    .locator('.bar')
    .evaluateAll((all) => all.map((bar) => [bar.style.left, bar.className]));
  assert.deepEqual(
    bars.map(([left]) => left),
    ['0%', '5%', '45%', '65%'],
  );
  assert.ok(bars.every(([, name]) => name.includes('critical') && !name.includes('guessed')));
  await page.getByRole('button', { name: 'Hide the parts of step 1' }).click();
  assert.equal(await rows.count(), 1);
  await page.getByRole('button', { name: 'Show the parts of step 1' }).click();
  assert.equal(await rows.count(), 4);
  await close();
});

test('opens the step that failed, with a stack whose own lines stand out', async () => {
  const { page, close } = await openPage(browser, address);
  await detail(page).getByText('wind is undefined').first().waitFor();
  assert.match(
    String(await detail(page).locator('.stack .own').first().textContent()),
    /TypeError/,
  );
  assert.match(String(await detail(page).locator('.stack .foreign').textContent()), /node_modules/);
  await detail(page).getByText('503').waitFor();
  await close();
});

test('shows all facts of a model call, and its texts in their formats', async () => {
  const { page, close } = await openPage(browser, `${address}?step=2`);
  for (const text of ['812', '512', '17', '0.004', '690', '120', 'tool_calls', '0.2']) {
    await detail(page).getByText(text, { exact: true }).first().waitFor();
  }
  const json = detail(page).locator('.json').first();
  assert.match(String(await json.textContent()), /"big": 12345678901234567890/);
  await detail(page).getByRole('button', { name: 'Text' }).first().click();
  await detail(page).getByText('{"messages":[{"role"').waitFor();
  await close();
});

test('replaces images by what they are, and says what the sender cut', async () => {
  const { page, close } = await openPage(browser, `${address}?step=4`);
  await detail(page).getByText('[image/png, 1.5 KB]').waitFor();
  await detail(page).getByText('cut', { exact: true }).waitFor();
  await close();
});

test('moves between steps with the keyboard, and keeps the step in the address', async () => {
  const { page, close } = await openPage(browser, `${address}?step=1`);
  await detail(page).getByText('Step 1: agent').waitFor();
  await page.keyboard.press('j');
  await detail(page).getByText('Step 2: llm_call').waitFor();
  await page.keyboard.press('e');
  await detail(page).getByText('Step 3: tool_call').waitFor();
  assert.match(page.url(), /step=3/);
  await page.reload();
  await detail(page).getByText('Step 3: tool_call').waitFor();
  for (const [key, tab] of [
    ['v', 'Transcript'],
    ['a', 'About'],
    ['r', 'Raw'],
    ['s', 'Steps'],
  ]) {
    await page.keyboard.press(key);
    const selected = page.getByRole('tab', { name: tab, selected: true });
    await selected.waitFor();
  }
  await close();
});

test('reads as one transcript', async () => {
  const { page, close } = await openPage(browser, `${address}?tab=transcript`);
  const text = String(await page.getByRole('tabpanel').textContent());
  const order = ['Cape Horn', 'Which way?', 'I need the weather.', 'wind is undefined', 'Go east'];
  const places = order.map((part) => text.indexOf(part));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
  assert.ok(
    places.every((place) => place >= 0),
    JSON.stringify(places),
  );
  await page.getByRole('link', { name: 'charts', exact: true }).waitFor();
  await close();
});

test('shows prompts, environment and tags, which lead to their traces', async () => {
  const { page, close } = await openPage(browser, `${address}?tab=about`);
  await page.getByText('Planner prompt').waitFor();
  await page.getByRole('link', { name: 'team:sail' }).click();
  await page.waitForURL(/tag=team%3Asail/);
  await page.getByRole('link', { name: 'Plan a voyage' }).waitFor();
  await close();
});

test('shows the body as it was sent: order of keys, spelling of numbers', async () => {
  const body = `{"name":"n","description":"d","current_datetime":"2026-11-23T09:30:00Z","duration":1.50,"zebra":{"b":1e2,"2":0,"1":12345678901234567890}}`;
  // @ts-expect-error a text instead of an object
  const { traceId } = await send(platform.url, body);
  const { page, close } = await openPage(browser, `${platform.viewer}traces/${traceId}?tab=raw`);
  const text = String(await page.locator('.raw pre').textContent());
  assert.equal(text.replace(/\s/g, ''), body);
  await page.getByRole('button', { name: 'Copy JSON' }).click();
  await page.getByText('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), body);
  await close();
});

test('copies as JSON, Markdown, curl and a link', async () => {
  const { page, close } = await openPage(browser, address);
  const copied = async (/** @type {string} */ name) => {
    await page.getByRole('button', { name, exact: true }).first().click();
    await page.getByText('Copied').waitFor();
    await page.locator('#status').evaluate((status) => {
      status.hidden = true;
    });
    return page.evaluate(() => navigator.clipboard.readText());
  };
  assert.deepEqual(JSON.parse(await copied('JSON')), RICH);
  assert.match(await copied('Markdown'), /^# Plan a voyage\n/);
  const curl = await copied('curl');
  assert.match(curl, /^curl 'http:.*\/agents\/demo-agent\/trace' \\\n/);
  assert.ok(!curl.includes('a-secret-for-this-machine'));
  assert.equal(await copied('Copy link'), page.url());
  await close();
});

test('draws steps one after another when nobody told when they ran', async () => {
  const step = (/** @type {number} */ number) => ({
    step_number: number,
    action: 'llm_call',
    description: 'd',
    duration_ms: 250,
  });
  const { traceId } = await send(platform.url, plain('untold', { steps: [step(1), step(2)] }));
  const { page, close } = await openPage(browser, `${platform.viewer}traces/${traceId}`);
  await page.getByText('drawn one after another').waitFor();
  const lefts = await page
    .locator('.bar.guessed')
    .evaluateAll((bars) => bars.map((bar) => bar.style.left));
  assert.deepEqual(lefts, ['0%', '25%']);
  await close();
});

test('shows two thousand steps with few elements', async () => {
  const steps = Array.from({ length: 2000 }, (_, index) => ({
    step_number: index + 1,
    action: 'llm_call',
    description: `step ${index + 1}`,
    metadata: {
      start_offset_ms: index,
      parent_step: index % 50 === 0 ? undefined : index - (index % 50) + 1,
    },
    duration_ms: 1,
  }));
  const { traceId } = await send(platform.url, plain('long', { steps, duration: 2 }));
  const { page, close } = await openPage(browser, `${platform.viewer}traces/${traceId}?step=1999`);
  await detail(page).getByText('Step 1999').waitFor();
  assert.ok((await page.locator('.step-row').count()) < 100);
  await close();
});

test('says that there is no such trace', async () => {
  const { page, context } = await openPage(browser, `${platform.viewer}traces/nothing`);
  await page.getByText('unknown trace').waitFor();
  await context.close();
});
