/**
 * The two passes of resample.ts in WebAssembly with SIMD, assembled from tools/kernels/resample.wat: sums in float32, so that a
 * value may fall on the other side of a half than with float64. The same bytes on every platform. One thread, one memory: calls do not overlap.
 */
import { isThere, pixelKernels, SCRATCH_BYTES } from "./pixel-memory.ts";

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

/** Output rows that the kernel makes together. */
const GROUP = 4;
/** Only a source of one pixel has fewer. */
const LEAST_TAPS = 2;
/** Source bytes that are copied in at once. */
const CHUNK_BYTES = 2 ** 22;

/** Resamples rows `from` to `to` into `out` as `resampleBand` does; false where there is no SIMD, or the rows are too long. */
export function resampleWithKernel(work: KernelWork): boolean {
  const kernel = pixelKernels();
  const pitch = work.width * 3;
  const { data, along, across } = work;
  const first = groupedRows(work);
  const n = first.length;
  const isHere = isThere(data);
  const rowsAtOnce = isHere
    ? data.length / pitch
    : Math.max(longestGroup(first, along.taps), Math.floor(CHUNK_BYTES / pitch));
  const linePitch = (pitch + 32) * 4;
  const sizes = [
    linePitch * GROUP,
    across.weights.length * 4,
    across.first.length * 4,
    n * along.taps * 4,
    n * 4,
    isHere ? 0 : Math.min(rowsAtOnce, data.length / pitch) * pitch + 16,
    n * across.first.length * 3,
  ];
  if (!kernel || along.taps < LEAST_TAPS || across.taps < LEAST_TAPS) return false;
  const begins = layOut(sizes) as [number, number, number, number, number, number, number, number];
  const [lines, weights, acrossFirst, alongWeights, alongFirst, rows, out, end] = begins;
  // beyond this the plain loops serve: a thumbnail of a very wide slide
  if (end > SCRATCH_BYTES) return false;
  const { buffer } = kernel.memory;
  const bytes = new Uint8Array(buffer);
  new Float32Array(buffer, weights, across.weights.length).set(across.weights);
  new Int32Array(buffer, acrossFirst, across.first.length).set(across.first);
  const used = along.weights.subarray(work.from * along.taps, work.to * along.taps);
  new Float32Array(buffer, alongWeights, used.length).set(used);
  const places = new Int32Array(buffer, alongFirst, n);
  for (let from = 0, to = GROUP; from < n; from = to, to += GROUP) {
    const held = first[from] as number;
    while (to < n && (first[to + GROUP - 1] as number) + along.taps - held <= rowsAtOnce) to += GROUP;
    if (!isHere) bytes.set(data.subarray(held * pitch, ((first[to - 1] as number) + along.taps) * pitch), rows);
    for (let i = from; i < to; i++) places[i] = (first[i] as number) - held;
    kernel.resample(
      isHere ? data.byteOffset + held * pitch : rows,
      pitch,
      alongFirst + from * 4,
      alongWeights + from * along.taps * 4,
      along.taps,
      lines,
      linePitch,
      acrossFirst,
      weights,
      across.taps,
      out + from * across.first.length * 3,
      across.first.length,
      (to - from) / GROUP,
    );
  }
  const length = (work.to - work.from) * across.first.length * 3;
  work.out.set(bytes.subarray(out, out + length), work.from * across.first.length * 3);
  return true;
}

/** Where each output row begins in `data`, in rows; the last one again and again until groups are full. */
function groupedRows({ along, firstRow, from, to }: KernelWork): Int32Array {
  const n = Math.ceil((to - from) / GROUP) * GROUP;
  const first = new Int32Array(n);
  for (let i = 0; i < n; i++) first[i] = (along.first[Math.min(from + i, to - 1)] as number) - firstRow;
  return first;
}

/** Source rows of the group that needs most of them. */
function longestGroup(first: Int32Array, taps: number): number {
  let most = 0;
  for (let i = 0; i < first.length; i += GROUP) {
    most = Math.max(most, (first[i + GROUP - 1] as number) - (first[i] as number) + taps);
  }
  return most;
}

/** Begins of arrays of these sizes, behind each other, on multiples of 16, and the end. */
function layOut(sizes: readonly number[]): number[] {
  const begins = [0];
  for (const size of sizes) begins.push((begins.at(-1) as number) + Math.ceil(size / 16) * 16);
  return begins;
}
