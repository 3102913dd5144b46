// Tries the packed packages on this machine: `node scripts/smoke.mjs [<folder>]`. Needs only Node.js and npm.
import path from 'node:path';
import { stop, target } from './run.mjs';
import { targetHere } from './targets.mjs';
import { tryPackages } from './try-packages.mjs';

const here = targetHere() ?? stop(`There are no packages for ${process.platform}.`);
const folder = path.resolve(process.argv[2] ?? path.join(target, 'packages'));
await tryPackages(here, { node: [process.execPath] }, folder);
console.log('The packages work.');
