// Rejected requests, comparison, sessions, charts; and a hostile trace in every view.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkAccess, openPage, send, startBrowser, startLocal } from './support.mjs';
import { HOSTILE, HOSTILE_TEXT, plain, RICH } from './traces.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startLocal>>} */
let platform;
/** @type {string[]} */
let ids;

before(async () => {
  browser = await startBrowser();
  platform = await startLocal();
  const changed = {
    ...RICH,
    name: 'Plan again',
    steps: RICH.steps.slice(0, 3),
    outcome: 'success',
  };
  changed.steps = changed.steps.map((step) => ({ ...step, output_preview: 'Another answer' }));
  ids = [];
  for (const trace of [RICH, changed, HOSTILE]) ids.push((await send(platform.url, trace)).traceId);
  await send(platform.url, { name: 'n', description: 7, duration: 1 });
  // @ts-expect-error not an object
  await send(platform.url, `{"name":"${'<b>'.repeat(3)}`);
});
after(async () => {
  await browser?.close();
  await platform?.stop();
});

test('counts rejected requests, and says what was wrong with which field', async () => {
  const { page, close } = await openPage(browser, platform.viewer);
  await page.getByLabel('2 new').waitFor();
  await page.getByRole('link', { name: 'Rejected' }).click();
  await page.getByRole('cell', { name: 'description', exact: true }).waitFor();
  await page.getByRole('cell', { name: 'has the wrong type' }).waitFor();
  await page.getByRole('cell', { name: 'current_datetime' }).waitFor();
  await page.getByText('Headers and body').last().click();
  await page.getByText('x-agent-key: (hidden)').last().waitFor();
  assert.ok(!(await page.content()).includes('a-secret-for-this-machine'));
  await page.getByRole('link', { name: 'Traces' }).click();
  assert.equal(await page.locator('.badge').isVisible(), false);
  await close();
});

test('compares two traces step by step', async () => {
  const { page, close } = await openPage(browser, platform.viewer);
  for (const name of ['Compare Plan a voyage', 'Compare Plan again'])
    await page.getByLabel(name).check();
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByText('Steps: 3 changed, 1 removed.').waitFor();
  await page.getByText('changed: output').first().waitFor();
  await page.getByText('Another answer').first().waitFor();
  await page.getByText('−1 (-25 %)').waitFor();
  await page.getByRole('link', { name: 'Swap' }).click();
  await page.getByText('Steps: 3 changed, 1 added.').waitFor();
  await close();
});

test('shows the traces of a session in their order', async () => {
  const { page, close } = await openPage(browser, `${platform.viewer}sessions`);
  await page.getByRole('link', { name: 'voyage-1' }).click();
  await page.getByText('2 traces').waitFor();
  const names = await page.locator('.card a').allTextContents();
  assert.deepEqual(names, ['Plan a voyage', 'Plan again']);
  await close();
});

test('draws charts that lead to their traces', async () => {
  const { page, close } = await openPage(browser, `${platform.viewer}charts`);
  for (const title of [
    'Traces',
    'Duration',
    'Tokens by model',
    'Cost by model',
    'Models',
    'Slowest tools',
  ]) {
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
  }
  await page.getByRole('link', { name: 'get_weather' }).click();
  await page.waitForURL(/tool=get_weather/);
  await page.getByRole('link', { name: 'Plan a voyage' }).waitFor();
  await page.goBack();
  await page.locator('figure').first().locator('svg a').first().click();
  await page.waitForURL(/from=/);
  await page.getByRole('link', { name: /Plan/ }).first().waitFor();
  await page.goto(`${platform.viewer}charts`);
  await page
    .getByLabel(/^99 % in 2\.00 s/)
    .first()
    .click();
  await page.waitForURL(/sort=slowest/);
  await page.goto(`${platform.viewer}charts`);
  await page.getByLabel('Time').selectOption('1h');
  await page.getByRole('heading', { name: 'Models' }).waitFor();
  await close();
});

test('remembers dark or light', async () => {
  const { page, close } = await openPage(browser, platform.viewer, { colorScheme: 'light' });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole('button', { name: 'Dark or light' }).click();
  assert.notEqual(await background(), light);
  await page.reload();
  assert.notEqual(await background(), light);
  await close();
});

test('shows hostile texts as texts, in every view', async () => {
  const [good, , bad] = ids;
  const session = encodeURIComponent(HOSTILE_TEXT.slice(0, 300));
  const views = [
    ['', 'Plan again'],
    [`traces/${bad}`, 'Tool call'],
    [`traces/${bad}?tab=transcript`, 'Input'],
    [`traces/${bad}?tab=about`, 'Prompts used'],
    [`traces/${bad}?tab=raw`, 'Keys are in the order'],
    ...[1, 2, 3, 4].map((step) => [`traces/${bad}?step=${step}`, `Step ${step}: `]),
    [`compare?a=${good}&b=${bad}`, 'Failed steps'],
    ['sessions', 'Last trace'],
    [`sessions/${session}`, '1 trace'],
    ['charts', 'Slowest tools'],
    ['rejected', 'Fix the fields'],
    [`?q=${encodeURIComponent('window.hacked')}`, '1 trace'],
  ];
  for (const [view, text] of views) {
    const { page, close } = await openPage(browser, platform.viewer + view);
    await page.getByText(text).first().waitFor();
    const found = await page.evaluate(() => ({
      // @ts-expect-error set by a script of the trace
      hacked: window.hacked,
      elements: document.querySelectorAll('main :is(img, script, iframe, object)').length,
      links: document.querySelectorAll('main [href^="javascript:" i]').length,
    }));
    assert.deepEqual(found, { hacked: undefined, elements: 0, links: 0 }, view);
    await close();
  }
});

test('has no violation that axe knows, on any page, dark or light, large or small', async () => {
  const [a, b, hostile] = ids;
  await send(platform.url, plain('plain'));
  const views = [
    ['', 'Plan again'],
    ['?q=nothing-like-this', 'No trace matches'],
    [`traces/${a}`, 'Tool call'],
    [`traces/${a}?tab=transcript`, 'Input'],
    [`traces/${a}?tab=about`, 'Prompts used'],
    [`traces/${a}?tab=raw`, 'Keys are in the order'],
    [`traces/${hostile}`, 'Tool call'],
    [`compare?a=${a}&b=${b}`, 'Failed steps'],
    ['sessions', 'Last trace'],
    ['sessions/voyage-1', '2 traces'],
    ['charts', 'Slowest tools'],
    ['rejected', 'Fix the fields'],
  ];
  const looks = [
    { colorScheme: /** @type {const} */ ('light') },
    { colorScheme: /** @type {const} */ ('dark') },
    { viewport: { width: 390, height: 844 } },
    { viewport: { width: 3840, height: 2160 } },
  ];
  for (const look of looks) {
    for (const [view, text] of views) {
      const { page, close } = await openPage(browser, platform.viewer + view, look);
      await page.getByText(text).first().waitFor();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${view} is ${overflow} pixels too wide at ${JSON.stringify(look)}`);
      await checkAccess(page).catch((error) => {
        error.message = `${view} ${JSON.stringify(look)}: ${JSON.stringify(error.actual, null, 1)}`;
        throw error;
      });
      await close();
    }
  }
});
