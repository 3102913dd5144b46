// A platform with some traces, a browser, and checks that every test makes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { startPlatform } from '../../../scripts/platform.mjs';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @param {string[]} [args] */
export const startLocal = (args) => startPlatform(args);

export function startBrowser() {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * Opens a page that fails the test if anything is refused by the policy of the page or throws.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  const page = await context.newPage();
  /** @type {string[]} */
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(url);
  return {
    page,
    context,
    /** Fails if there was a problem. */
    close: async () => {
      await context.close();
      assert.deepEqual(problems, []);
    },
  };
}

/** Fails if axe finds something. @param {import('playwright-core').Page} page */
export async function checkAccess(page) {
  // The policy of the page would refuse a script element; an evaluation is not one.
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    // @ts-expect-error axe is a global
    const result = await window.axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    });
    return result.violations.map((/** @type {any} */ violation) => ({
      id: violation.id,
      help: violation.help,
      nodes: violation.nodes.slice(0, 3).map((/** @type {any} */ node) => node.html.slice(0, 200)),
    }));
  });
  assert.deepEqual(violations, []);
}

/**
 * Sends a trace.
 *
 * @param {string} url
 * @param {Record<string, any>} body
 * @param {string} [agent]
 * @returns {Promise<any>} the answer
 */
export async function send(url, body, agent = 'demo-agent') {
  const response = await fetch(`${url}/agents/${encodeURIComponent(agent)}/trace`, {
    method: 'POST',
    headers: {
      'x-agent-id': agent,
      'x-agent-key': 'a-secret-for-this-machine',
      'content-type': 'application/json',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return response.json();
}
