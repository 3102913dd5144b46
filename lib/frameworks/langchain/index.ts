export { InfiniumCallbackHandler } from './handler';
export { install } from './register';
