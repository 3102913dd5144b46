/** Rejects if a promise takes longer than this, in milliseconds. */
export function withTimeout<T>(promise: Promise<T>, limit: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${limit / 1_000} s`)), limit);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
