/** Kernels of this folder: WebAssembly carried as text, each instance with its own memory. */

/** What is used of WebAssembly: its types come with the DOM, which this package does without. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Products of rows with one query or with four: addresses in bytes, as tools/kernels/dots.wat and coarse.wat say. */
export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  dots(row: number, end: number, query: number, bytes: number, out: number): void;
  dots4(row: number, end: number, query: number, bytes: number, out: number): void;
}

export const PAGE = 65536;
const MODULES = new Map<string, object>();

/** A new instance with a memory of so many bytes at least, zero at first. @throws RangeError where there is no such memory */
export function openKernel(text: string, bytes: number): Kernel {
  let module = MODULES.get(text);
  if (module === undefined) {
    module = new WebAssembly.Module(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
    MODULES.set(text, module);
  }
  // the exports are those of the sources
  const kernel = new WebAssembly.Instance(module).exports as Kernel;
  kernel.memory.grow(Math.max(0, Math.ceil(bytes / PAGE) - kernel.memory.buffer.byteLength / PAGE));
  return kernel;
}
