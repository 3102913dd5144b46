export { getCurrentIsoDatetime } from '../bridge/time';
