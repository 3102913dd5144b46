// Takes the pictures in the documentation. With UPDATE_SCREENSHOTS=1 they replace those in images/; otherwise the
// test shows that they can be taken.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { localPlatform } from '../../../scripts/platform.mjs';
import { root } from '../../../scripts/run.mjs';
import { sampleDay } from './sample.mjs';
import { openPage, send, startBrowser, startLocal } from './support.mjs';
import { RICH } from './traces.mjs';

const temporary = mkdtempSync(path.join(tmpdir(), 'infinium-pictures-'));
const target = process.env.UPDATE_SCREENSHOTS
  ? path.join(root, 'crates', 'infinium-local', 'images')
  : temporary;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startLocal>>} */
let platform;

before(async () => {
  mkdirSync(target, { recursive: true });
  const db = path.join(temporary, 'traces.db');
  const lines = path.join(temporary, 'lines.jsonl');
  writeFileSync(lines, sampleDay(400, Date.now()));
  const imported = spawnSync(localPlatform, ['import', '--db', db, lines], { encoding: 'utf8' });
  assert.equal(imported.status, 0, imported.stderr);
  browser = await startBrowser();
  platform = await startLocal(['--db', db]);
});
after(async () => {
  await browser?.close();
  await platform?.stop();
  rmSync(temporary, { recursive: true });
});

const LAPTOP = { width: 1280, height: 760 };

/**
 * @param {string} name
 * @param {string} view
 * @param {string} text that is there when the page is complete
 * @param {import('playwright-core').BrowserContextOptions} [look]
 * @param {string} [base]
 */
async function picture(name, view, text, look = {}, base = platform.viewer) {
  const { page, close } = await openPage(browser, base + view, { viewport: LAPTOP, ...look });
  await page.getByText(text).first().waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.screenshot({ path: path.join(target, `${name}.png`), animations: 'disabled' });
  await close();
}

test('the list', () => picture('list', '', '400 traces', { colorScheme: 'light' }));

test('a trace', async () => {
  const answer = await fetch(
    new URL('/local/list?agent=research-agent&outcome=failed', platform.url),
  );
  const [{ traceId }] = (await answer.json()).traces;
  await picture('trace', `traces/${traceId}`, 'TimeoutError', { colorScheme: 'dark' });
});

test('two traces compared', async () => {
  const again = { ...RICH, outcome: 'success', steps: RICH.steps.filter((step) => !step.error) };
  const [a, b] = [await send(platform.url, RICH), await send(platform.url, again)];
  await picture('compare', `compare?a=${a.traceId}&b=${b.traceId}`, 'removed');
});

test('charts', () => picture('charts', 'charts', 'Slowest tools'));

test('a phone', () =>
  picture('phone', '', '402 traces', {
    viewport: { width: 390, height: 760 },
    colorScheme: 'dark',
  }));

test('the page after the demo', async (context) => {
  const isBuilt = readdirSync(root).some((file) => file.endsWith('.node'));
  if (!isBuilt || !existsSync(path.join(root, 'dist', 'index.js'))) {
    return context.skip('the package is not built: npm run build:quick');
  }
  const own = await startLocal();
  for (const example of ['batch', 'agent', 'watch', 'stream']) {
    const { status, stderr } = spawnSync(process.execPath, [`examples/${example}.mjs`], {
      cwd: root,
      encoding: 'utf8',
      env: {
        ...process.env,
        INFINIUM_AGENT_ID: 'demo-agent',
        INFINIUM_AGENT_SECRET: 'a-secret-for-this-machine',
        INFINIUM_BASE_URL: own.url,
      },
    });
    assert.equal(status, 0, stderr);
  }
  await picture(
    'demo',
    '',
    'Answer a question',
    { viewport: { width: 1280, height: 520 } },
    own.viewer,
  );
  await own.stop();
});
