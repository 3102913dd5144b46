import { AsyncResource } from 'node:async_hooks';
import { types } from 'node:util';
import { emit } from '../bridge/logging';

/**
 * Wraps a user's progress callback. It runs in the asynchronous context of the `sendBatch` call, and errors it
 * throws do not stop the batch.
 */
export function guardProgress(
  callback: (done: number, total: number) => void,
  total: number,
): (done: number) => void {
  const bound = AsyncResource.bind(callback);
  const complain = (error: unknown) => {
    const { toText } = require('../trace/read') as typeof import('../trace/read');
    emit('WARN', `onProgress threw, the batch continues: ${toText(error)}`);
  };
  return (done) => {
    try {
      const returned: unknown = bound(done, total);
      if (types.isPromise(returned)) returned.then(undefined, complain);
    } catch (error) {
      complain(error);
    }
  };
}
