import bytes from './core.wasm';

let compiled: WebAssembly.Module | undefined;

/** The compiled module. */
export function compile(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(bytes);
  return compiled;
}
