export { exportToOtel } from './export';
export { InfiniumSpanProcessor } from './processor';
