// The list of traces, as a person uses it.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { openPage, send, startBrowser, startLocal } from './support.mjs';
import { plain, RICH } from './traces.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startLocal>>} */
let platform;

before(async () => {
  browser = await startBrowser();
  platform = await startLocal();
});
after(async () => {
  await browser?.close();
  await platform?.stop();
});
beforeEach(async () => {
  await fetch(new URL('/local/traces', platform.url), { method: 'DELETE' });
});

/** @param {import('playwright-core').Page} page */
const names = (page) => page.locator('.row:not(.head) .name a').allTextContents();
/** @param {import('playwright-core').Page} page @param {string[]} expected */
async function hasNames(page, expected) {
  await page
    .waitForFunction(
      (wanted) =>
        JSON.stringify(
          [...document.querySelectorAll('.row:not(.head) .name a')].map((link) => link.textContent),
        ) === wanted,
      JSON.stringify(expected),
      { timeout: 5000 },
    )
    .catch(async () => assert.deepEqual(await names(page), expected));
}

test('says how to begin while there is no trace, and shows the first when it arrives', async () => {
  const { page, close } = await openPage(browser, platform.viewer);
  await page.getByText(`INFINIUM_BASE_URL=${platform.url}`).waitFor();
  await send(platform.url, RICH);
  await hasNames(page, ['Plan a voyage']);
  const row = page.locator('.row.failed');
  for (const text of [
    'demo-agent',
    '2.00 s',
    '4',
    'gpt-4o',
    '979',
    '$0.0060',
    'failure',
    'wind is undefined',
  ]) {
    await row.getByText(text, { exact: true }).first().waitFor();
  }
  await row.getByText('demo-agent').click();
  await page.getByRole('heading', { name: 'Plan a voyage' }).waitFor();
  await close();
});

test('follows what arrives, without moving what is being read', async () => {
  for (let index = 0; index < 60; index += 1) await send(platform.url, plain(`old ${index}`));
  const { page, close } = await openPage(browser, platform.viewer);
  await page.getByText('60 traces').waitFor();
  const grid = page.getByRole('grid');
  await grid.evaluate((element) => {
    element.scrollTop = 600;
  });
  const top = () =>
    page.evaluate(() => {
      const row = document.elementsFromPoint(400, 400).find((element) => element.closest('.row'));
      return row?.closest('.row')?.querySelector('.name')?.textContent;
    });
  const seen = await top();
  await send(platform.url, plain('new'));
  await page.getByText('61 traces').waitFor();
  assert.equal(await top(), seen);
  await grid.evaluate((element) => {
    element.scrollTop = 0;
  });
  await page.getByText('new', { exact: true }).waitFor();
  await close();
});

test('pauses, counts what waits, and resumes', async () => {
  await send(platform.url, plain('one'));
  const { page, close } = await openPage(browser, platform.viewer);
  await hasNames(page, ['one']);
  await page.getByRole('button', { name: 'Pause' }).click();
  await send(platform.url, plain('two'));
  await page.getByRole('button', { name: '1 new' }).waitFor();
  await hasNames(page, ['one']);
  await page.getByRole('button', { name: 'Resume' }).click();
  await hasNames(page, ['two', 'one']);
  await close();
});

test('filters, searches and sorts, and keeps that in the address', async () => {
  await send(platform.url, RICH, 'sailor');
  await send(platform.url, plain('quick', { duration: 0.1, input_summary: 'a white whale' }));
  await send(platform.url, plain('slow', { duration: 5, outcome: 'success' }));
  const { page, close } = await openPage(browser, platform.viewer);
  await hasNames(page, ['slow', 'quick', 'Plan a voyage']);
  await page.keyboard.press('/');
  await page.keyboard.type('white wha');
  await hasNames(page, ['quick']);
  assert.match(page.url(), /q=white\+wha/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await hasNames(page, ['slow', 'quick', 'Plan a voyage']);
  for (const [label, value, expected] of [
    ['Agent', 'sailor', ['Plan a voyage']],
    ['Model', 'gpt-4o', ['Plan a voyage']],
    ['Tag', 'team:sail', ['Plan a voyage']],
    ['Outcome', 'failed', ['Plan a voyage']],
    ['Outcome', 'ok', ['slow', 'quick']],
    ['Order', 'slowest', ['slow', 'Plan a voyage', 'quick']],
    ['Order', 'oldest', ['Plan a voyage', 'quick', 'slow']],
  ]) {
    const field = page.getByLabel(/** @type {string} */ (label), { exact: true });
    await field.selectOption(/** @type {string} */ (value));
    await hasNames(page, /** @type {string[]} */ (expected));
    await field.selectOption('');
  }
  await page.getByText('More', { exact: true }).click();
  await page.getByLabel('Slower than, ms').fill('1500');
  await hasNames(page, ['slow', 'Plan a voyage']);
  await page.getByLabel('Session').fill('voyage-1');
  await hasNames(page, ['Plan a voyage']);
  await page.reload();
  await hasNames(page, ['Plan a voyage']);
  await close();
});

test('is used with the keyboard alone', async () => {
  for (const name of ['one', 'two', 'three']) await send(platform.url, plain(name));
  const { page, close } = await openPage(browser, platform.viewer);
  await hasNames(page, ['three', 'two', 'one']);
  for (const key of ['j', 'j', 'x', 'j', 'x', 'k', 'Enter']) await page.keyboard.press(key);
  await page.getByRole('heading', { name: 'two' }).waitFor();
  await page.keyboard.press('Escape');
  await hasNames(page, ['three', 'two', 'one']);
  await page.keyboard.press('?');
  await page.getByRole('heading', { name: 'Keyboard' }).waitFor();
  await page.keyboard.press('Escape');
  for (const key of ['j', 'x', 'j', 'x', 'c']) await page.keyboard.press(key);
  await page.getByRole('heading', { name: 'Compare' }).waitFor();
  await page.keyboard.press('3');
  await page.getByRole('heading', { name: 'Charts' }).waitFor();
  await close();
});

test('shows thousands of rows with few elements, and loads more while scrolling', async () => {
  const many = Array.from({ length: 700 }, (_, index) => plain(`trace ${index}`));
  for (let index = 0; index < many.length; index += 50) {
    await Promise.all(many.slice(index, index + 50).map((trace) => send(platform.url, trace)));
  }
  const { page, close } = await openPage(browser, platform.viewer);
  await page.getByText('700 traces').waitFor();
  const count = () => page.locator('.row:not(.head)').count();
  assert.ok((await count()) < 100, `${await count()} rows`);
  await page.waitForFunction(() => {
    const list = document.querySelector('[role=grid]');
    list?.scrollTo(0, list.scrollHeight);
    return list?.getAttribute('aria-rowcount') === '701';
  });
  assert.ok((await count()) < 100, `${await count()} rows`);
  await close();
});

test('deletes all traces after a question', async () => {
  await send(platform.url, plain('one'));
  const { page, close } = await openPage(browser, platform.viewer);
  await hasNames(page, ['one']);
  page.once('dialog', (dialog) => dialog.dismiss());
  await page.getByRole('button', { name: 'Delete all' }).click();
  await hasNames(page, ['one']);
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: 'Delete all' }).click();
  await page.getByText('No traces yet').waitFor();
  await close();
});

test('connects again when the platform comes back', async () => {
  const { page, context } = await openPage(browser, platform.viewer);
  await page.getByText('Live', { exact: true }).waitFor();
  await platform.stop();
  await page.getByText('Not connected').waitFor();
  const { port } = new URL(platform.url);
  platform = await startLocal(['--memory', '--port', port]);
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 15_000 });
  await send(platform.url, plain('after'));
  await hasNames(page, ['after']);
  await context.close();
});
