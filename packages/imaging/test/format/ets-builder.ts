/** Writes ETS files for tests: a head, a second head, tiles, the table of their places. */
import { join, u32 } from "./dicom-builder.ts";

export interface Chunk {
  readonly at: readonly number[];
  readonly data: Uint8Array;
}

export interface EtsSpec {
  readonly tile: readonly [width: number, height: number];
  readonly chunks: readonly Chunk[];
  readonly compression?: number;
  readonly componentType?: number;
  readonly components?: number;
  readonly colourSpace?: number;
  readonly isPyramid?: boolean;
}

/** Head, second head, data, table of chunks. */
export function buildEts(spec: EtsSpec): Uint8Array {
  const dimensions = spec.chunks[0]?.at.length ?? 2;
  const data = join(spec.chunks.map((chunk) => chunk.data));
  const start = 64 + 228;
  const shape = new Uint32Array(57);
  shape.set([
    0x00535445,
    1,
    spec.componentType ?? 2,
    spec.components ?? 3,
    spec.colourSpace ?? 3,
    spec.compression ?? 0,
    90,
    ...spec.tile,
    1,
  ]);
  shape[38] = spec.isPyramid ? 1 : 0;
  let at = start;
  const table = spec.chunks.flatMap((chunk) => {
    const entry = [...u32(0), ...chunk.at.flatMap(u32), ...u32(at), ...u32(0), ...u32(chunk.data.length), ...u32(0)];
    at += chunk.data.length;
    return entry;
  });
  const long = (value: number): number[] => [...u32(value), ...u32(0)];
  const head = [0x53, 0x49, 0x53, 0, ...u32(64), ...u32(2), ...u32(dimensions), ...long(64), ...u32(228), ...u32(0)];
  const rest = [...long(start + data.length), ...u32(spec.chunks.length), ...u32(0), ...long(0), ...u32(0), ...u32(0)];
  return join([Uint8Array.from([...head, ...rest]), new Uint8Array(shape.buffer), data, Uint8Array.from(table)]);
}
