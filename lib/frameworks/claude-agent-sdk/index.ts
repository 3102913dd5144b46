export { watchQuery } from './watch-query';
