/// <reference path="./wasm.d.ts" />
import { brotliDecompressSync } from 'node:zlib';
import packed from './core.wasm';

let compiled: WebAssembly.Module | undefined;

/** The compiled module. The package has it compressed: nobody wants to download what few need. */
export function compile(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(brotliDecompressSync(Buffer.from(packed, 'base64')));
  return compiled;
}
