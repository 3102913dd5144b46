export { createTestClient } from './client';
export { expectTrace } from './expect';
export { matchers } from './matchers';
