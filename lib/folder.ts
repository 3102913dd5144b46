/**
 * The folder of this file: lib/ in the repository, and dist/ once it is bundled, so that the same paths lead from
 * it to an addon. Undefined in a user's bundle that is an ES module, which has no such name.
 */
export const folder: string | undefined = typeof __dirname === 'string' ? __dirname : undefined;
