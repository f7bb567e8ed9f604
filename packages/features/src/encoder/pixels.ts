/**
 * RGB bytes to the input of an ONNX encoder: float32 [n, 3, size, size], each value (pixel / 255 - mean) / std. The loop is
 * WebAssembly assembled from tools/kernels/planes.wat, about three times as fast as the same in JavaScript, and the array that it
 * fills is the one that the encoder is fed with. A table of the 256 values a channel can take gives every pixel exactly the same
 * float on every platform, whatever order it is computed in.
 */
import { PLANES_KERNEL } from "./planes-kernel.data.ts";

/** What is used of WebAssembly: its types come with the DOM, which this package does without. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  planes(from: number, end: number, tables: number, red: number, bytes: number): void;
}

export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** Room for the planes of some tiles. */
export interface PlaneRoom {
  /** float32 [tiles, 3, size, size]; the same array for as long as the room is used. */
  readonly input: Float32Array;
  /** Writes the planes R, G, B of one tile (RGB, size x size pixels) to the place of `tile`. @throws RangeError when either does not fit */
  write(pixels: Uint8Array, tile: number): void;
}

const PAGE = 65536;
const TABLE_BYTES = 3 * 256 * 4;
let module: object | undefined;

/** Room for `tiles` tiles of `size` x `size` pixels. */
export function planeRoom(normalisation: Normalisation, size: number, tiles: number): PlaneRoom {
  const length = 3 * size * size;
  const from = TABLE_BYTES;
  const input = from + Math.ceil(length / 16) * 16;
  const kernel = openKernel(input + tiles * length * 4);
  const { buffer } = kernel.memory;
  normalisationTables(normalisation).forEach((table, c) => {
    new Float32Array(buffer, c * 1024, 256).set(table);
  });
  const room = new Uint8Array(buffer, from, length);
  return {
    input: new Float32Array(buffer, input, tiles * length),
    write(pixels, tile) {
      if (pixels.length !== length || !(Number.isInteger(tile) && tile >= 0 && tile < tiles)) {
        throw new RangeError(
          `expected ${length} bytes for one of ${tiles} tiles, received ${pixels.length} for ${tile}; make a room of that size`,
        );
      }
      room.set(pixels);
      kernel.planes(from, from + length, 0, input + tile * length * 4, size * size * 4);
    },
  };
}

function openKernel(bytes: number): Kernel {
  module ??= new WebAssembly.Module(Uint8Array.from(atob(PLANES_KERNEL), (letter) => letter.charCodeAt(0)));
  // the exports are those of tools/kernels/planes.wat
  const kernel = new WebAssembly.Instance(module).exports as Kernel;
  kernel.memory.grow(Math.max(0, Math.ceil(bytes / PAGE) - kernel.memory.buffer.byteLength / PAGE));
  return kernel;
}

/** What each pixel value becomes, one table a channel. */
export function normalisationTables({ mean, std }: Normalisation): Float32Array[] {
  return [0, 1, 2].map((c) =>
    Float32Array.from({ length: 256 }, (_, v) => (v / 255 - (mean[c] as number)) / (std[c] as number)),
  );
}
