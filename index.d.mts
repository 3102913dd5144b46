import * as infinium from './index.js';

export * from './index.js';
export default infinium;
