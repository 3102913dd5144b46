export { InfiniumTracingProcessor } from './processor';
export { install } from './register';
