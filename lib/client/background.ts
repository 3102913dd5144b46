export { enqueue } from '../bridge/enqueue';
