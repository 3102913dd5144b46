import { report } from '../../report.mjs';

export const actions = { default: async () => ({ result: await report('Action') }) };
