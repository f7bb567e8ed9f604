/**
 * The two passes of resample.ts in WebAssembly with SIMD, assembled from tools/kernels/resample.wat: sums in float32, so that a
 * value may fall on the other side of a half than with float64. The same bytes on every platform. One thread, one memory: calls do not overlap.
 */
import { RESAMPLE_KERNEL } from "./resample-kernel.data.ts";

/** What is used of WebAssembly: its types come with the DOM, which this package does without. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** line = weighted sum of `taps` rows. All addresses in bytes. */
  blend(rows: number, pitch: number, weights: number, taps: number, line: number, n: number): void;
  /** out = `n` pixels, each a weighted sum of `taps` pixels of the line. */
  narrow(line: number, first: number, weights: number, taps: number, out: number, n: number): void;
}

/** What the kernel needs of a band, in source pixels. */
export interface KernelWork {
  readonly data: Uint8Array;
  /** Pixels of a source row. */
  readonly width: number;
  /** Source row at the beginning of `data`. */
  readonly firstRow: number;
  readonly along: KernelAxis;
  readonly across: KernelAxis;
  readonly from: number;
  readonly to: number;
  readonly out: Uint8Array;
}

interface KernelAxis {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Float64Array;
}

const PAGE = 65536;
/** Source bytes that are copied in at once. */
const CHUNK_BYTES = 2 ** 22;
/** Beyond this the plain loops serve: a thumbnail of a very wide slide. */
const MOST_BYTES = 2 ** 26;

let kernel: Kernel | null | undefined;

/** Resamples rows `from` to `to` into `out` as `resampleBand` does; false where there is no SIMD, or the rows are too long. */
export function resampleWithKernel(work: KernelWork): boolean {
  kernel ??= openKernel();
  const pitch = work.width * 3;
  const { along, across } = work;
  const outPitch = across.first.length * 3;
  const rowsAtOnce = Math.max(along.taps, Math.floor(CHUNK_BYTES / pitch));
  const sizes = [
    (pitch + 32) * 4,
    across.weights.length * 4,
    across.first.length * 4,
    (work.to - work.from) * along.taps * 4,
    rowsAtOnce * pitch + 16,
    (work.to - work.from) * outPitch + 16,
  ];
  if (!kernel || sizes.reduce((sum, size) => sum + size, 0) > MOST_BYTES) return false;
  const [line, weights, first, alongWeights, rows, out] = layOut(kernel, sizes) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const { buffer } = kernel.memory;
  const bytes = new Uint8Array(buffer);
  new Float32Array(buffer, weights, across.weights.length).set(across.weights);
  new Int32Array(buffer, first, across.first.length).set(across.first);
  const used = along.weights.subarray(work.from * along.taps, work.to * along.taps);
  new Float32Array(buffer, alongWeights, used.length).set(used);
  let [heldFrom, heldTo] = [0, 0];
  for (let y = work.from; y < work.to; y++) {
    const at = (along.first[y] as number) - work.firstRow;
    if (at < heldFrom || at + along.taps > heldTo) {
      heldFrom = at;
      heldTo = Math.min(work.data.length / pitch, at + rowsAtOnce);
      bytes.set(work.data.subarray(heldFrom * pitch, heldTo * pitch), rows);
    }
    const i = y - work.from;
    kernel.blend(rows + (at - heldFrom) * pitch, pitch, alongWeights + i * along.taps * 4, along.taps, line, pitch);
    kernel.narrow(line, first, weights, across.taps, out + i * outPitch, across.first.length);
  }
  work.out.set(bytes.subarray(out, out + (work.to - work.from) * outPitch), work.from * outPitch);
  return true;
}

/** Begins of arrays of these sizes, behind each other, on multiples of 16; the memory grows where it must. */
function layOut({ memory }: Kernel, sizes: readonly number[]): number[] {
  const begins: number[] = [];
  let end = 0;
  for (const size of sizes) {
    begins.push(end);
    end += Math.ceil(size / 16) * 16;
  }
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return begins;
}

/** null where the platform has no SIMD. */
function openKernel(): Kernel | null {
  const bytes = Uint8Array.from(atob(RESAMPLE_KERNEL), (letter) => letter.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return null;
  // the exports are those of tools/kernels/resample.wat
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Kernel;
}
