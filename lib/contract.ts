// Compiled but never run: checks that the package exports what index.d.ts declares.
import type * as declared from '../index';
import * as entry from './index';

export const contract: typeof declared = entry;
