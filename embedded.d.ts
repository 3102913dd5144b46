/**
 * Everything that `infinium-o2` exports, for tools that pack the addon into a program, such as `bun build --compile`
 * and ncc. See docs/deployment.md.
 */
export * from './index.js';
