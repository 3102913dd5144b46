// Measures how fast the local platform stores and lists traces: `node scripts/workbench/load.mjs [traces] [words]`.
//
// Each trace has five steps and texts of this many words, by default 25, which makes 5 KB.
// INFINIUM_LOCAL names the program, by default the quick build, which is made first.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPlatform } from '../platform.mjs';
import { run, target } from '../run.mjs';
import { sendTraces } from './send.mjs';
import { makeTrace } from './traces.mjs';

const count = Number(process.argv[2] ?? 20_000);
const words = Number(process.argv[3] ?? 25);
let program = process.env.INFINIUM_LOCAL;
if (!program) {
  run('cargo', ['build', '--profile', 'quick', '--package', 'infinium-local']);
  program = path.join(target, 'quick', 'infinium-local');
}
const folder = mkdtempSync(path.join(tmpdir(), 'infinium-load-'));
const db = path.join(folder, 'traces.db');
const platform = await startPlatform(['--db', db, '--keep-mb', '100000'], { program });
const memory = () => /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${platform.pid}/status`, 'utf8'));

// A few bodies are made in advance, so that this program leaves the processor to the platform.
const bodies = Array.from({ length: 1000 }, (_, number) => makeTrace(number, { words }));
const seconds = await sendTraces(platform.url, count, (number) => bodies[number % 1000]);
// In hundredths of a second; what other programs do meanwhile does not change it.
const cpu = () => {
  const fields =
    readFileSync(`/proc/${platform.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
};
console.log(`stored ${count} traces at ${Math.round(count / seconds)} per second`);
console.log(`${((cpu() / count) * 1e6).toFixed(0)} µs of processor time for each`);
console.log(`the file has ${Math.round(statSync(db).size / 1e6)} MB`);

for (const query of [
  '',
  'outcome=failed',
  'agent=agent-1',
  'model=gpt-4o',
  'tag=team:red',
  'session=session-7',
  'sort=slowest',
  'sort=cost',
  'min_ms=2000',
  'from=2020-01-01',
  'q=whale',
  'q=white+whale',
  'q=leviath',
  'q=defi',
  'q=nothing',
]) {
  const times = [];
  for (let index = 0; index < 5; index += 1) {
    const started = performance.now();
    await (await fetch(new URL(`/local/list?${query}`, platform.url))).text();
    times.push(performance.now() - started);
  }
  const [fastest] = times.sort((a, b) => a - b);
  console.log(`${query.padEnd(20)} ${fastest.toFixed(1).padStart(8)} ms`);
}
console.log(`memory: ${Math.round(Number(memory()?.[1]) / 1000)} MB`);
await platform.stop();
rmSync(folder, { recursive: true });
