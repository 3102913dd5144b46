// The package, once for each backend that can run it.
type Package = typeof import('infinium-o2');

/** Loads a copy of the package whose clients run on the addon, or on WebAssembly. */
export function load(runtime: 'native' | 'wasm'): Package {
  const saved = process.env.INFINIUM_BACKEND;
  process.env.INFINIUM_BACKEND = runtime;
  try {
    let loaded: Package | undefined;
    jest.isolateModules(() => {
      loaded = require('infinium-o2');
    });
    return loaded as Package;
  } finally {
    if (saved === undefined) delete process.env.INFINIUM_BACKEND;
    else process.env.INFINIUM_BACKEND = saved;
  }
}

/** Everything about an error that a program can see, apart from where it was made. */
export function visible(error: any): unknown {
  if (!(error && typeof error === 'object' && 'message' in error)) return error;
  const { stack, cause, originalError, results, ...own } = error;
  return {
    ...own,
    name: error.name,
    message: error.message,
    cause: typeof cause,
    original: typeof originalError,
    results: results?.map(({ error: one, ...rest }: any) => ({ ...rest, error: visible(one) })),
  };
}
