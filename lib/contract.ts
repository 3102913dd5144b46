// Compiled, but never run: the package has to export what index.d.ts declares.
import type * as declared from '../index';
import * as entry from './index';

export const contract: typeof declared = entry;
