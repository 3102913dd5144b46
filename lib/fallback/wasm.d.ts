/** The module that `scripts/build-wasm.mjs` makes: Brotli in base64. */
declare module '*/core.wasm' {
  const packed: string;
  export default packed;
}

/** What is used of it: the types of Node.js do not have it. */
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, (...values: number[]) => unknown>>;

  class Memory {
    readonly buffer: ArrayBuffer;
  }

  class Module {
    constructor(bytes: Uint8Array);
  }

  class Instance {
    constructor(module: Module, imports: Imports);
    readonly exports: unknown;
  }
}
