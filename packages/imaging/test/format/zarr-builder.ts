/** Writes small OME-Zarr folders in memory, 0.4 and 0.5, with any axes, codec and shards. For tests only. */
import { gzipSync } from "node:zlib";
import Blosc from "numcodecs/blosc";
import Zstd from "numcodecs/zstd";
import { memorySource, type Neighbours, neighboursInMemory } from "../../src/index.ts";

export type Codec = "none" | "gzip" | "zstd" | "blosc";

export interface ZarrSpec {
  readonly version: "0.4" | "0.5";
  /** "tczyx", "yxc": one letter an axis. */
  readonly axes: string;
  readonly levels: readonly {
    readonly shape: readonly number[];
    readonly sample: (at: Readonly<Record<string, number>>) => number;
  }[];
  readonly chunk: readonly number[];
  readonly shard?: readonly number[];
  readonly codec?: Codec;
  readonly bits?: 8 | 16;
  readonly isBigEndian?: boolean;
  readonly omero?: unknown;
  /** Micrometres per pixel of level 0. */
  readonly mpp?: number;
  readonly fill?: number;
  /** Chunks that are not written, by their coordinates joined with dots, after the number of the level. */
  readonly absent?: readonly string[];
}

export type Files = Map<string, Uint8Array>;

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

export async function buildZarr(spec: ZarrSpec): Promise<Files> {
  const files: Files = new Map();
  const datasets = spec.levels.map((level, i) => {
    const by =
      (spec.levels[0]?.shape[spec.axes.indexOf("x")] as number) / (level.shape[spec.axes.indexOf("x")] as number);
    const scale = [...spec.axes].map((axis) => (axis === "x" || axis === "y" ? (spec.mpp ?? 1) * by : 1));
    return { path: String(i), coordinateTransformations: [{ type: "scale", scale }] };
  });
  const types: Record<string, string> = { t: "time", c: "channel" };
  const unit = spec.mpp === undefined ? {} : { unit: "micrometer" };
  const axes = [...spec.axes].map((name) => ({ name, type: types[name] ?? "space", ...(types[name] ? {} : unit) }));
  const multiscales = [{ name: "made", axes, datasets, ...(spec.version === "0.4" ? { version: "0.4" } : {}) }];
  const ome = { multiscales, ...(spec.omero === undefined ? {} : { omero: spec.omero }) };
  if (spec.version === "0.4") {
    files.set(".zgroup", json({ zarr_format: 2 }));
    files.set(".zattrs", json(ome));
  } else {
    const attributes = { ome: { version: "0.5", ...ome } };
    files.set("zarr.json", json({ zarr_format: 3, node_type: "group", attributes }));
  }
  for (const i of spec.levels.keys()) await writeArray(files, spec, i);
  return files;
}

async function writeArray(files: Files, spec: ZarrSpec, index: number): Promise<void> {
  const { shape } = spec.levels[index] as ZarrSpec["levels"][number];
  const metadata = spec.version === "0.4" ? metadataV2(spec, shape) : metadataV3(spec, shape);
  files.set(`${index}/${spec.version === "0.4" ? ".zarray" : "zarr.json"}`, json(metadata));
  const outer = spec.shard ?? spec.chunk;
  for (const at of cells(shape.map((side, i) => Math.ceil(side / (outer[i] as number))))) {
    const name = `${index}/${spec.version === "0.4" ? "" : "c/"}${at.join("/")}`;
    const stored = spec.shard ? await shardAt(spec, index, at) : await chunkAt(spec, index, at);
    if (stored) files.set(name, stored);
  }
}

function metadataV2(spec: ZarrSpec, shape: readonly number[]): unknown {
  const compressor = {
    none: null,
    gzip: { id: "gzip", level: 5 },
    zstd: { id: "zstd" },
    blosc: { id: "blosc", cname: "lz4" },
  };
  return {
    ...{ zarr_format: 2, shape, chunks: spec.chunk, fill_value: spec.fill ?? 0, order: "C", filters: null },
    ...{ dtype: spec.bits === 16 ? `${spec.isBigEndian ? ">" : "<"}u2` : "|u1", dimension_separator: "/" },
    compressor: compressor[spec.codec ?? "none"],
  };
}

function metadataV3(spec: ZarrSpec, shape: readonly number[]): unknown {
  const bytes = { name: "bytes", configuration: { endian: spec.isBigEndian ? "big" : "little" } };
  const more: Record<Codec, unknown[]> = {
    none: [],
    gzip: [{ name: "gzip", configuration: { level: 5 } }],
    zstd: [{ name: "zstd", configuration: { level: 3, checksum: false } }],
    blosc: [
      { name: "blosc", configuration: { cname: "lz4", clevel: 5, shuffle: "noshuffle", typesize: 1, blocksize: 0 } },
    ],
  };
  const inner = [bytes, ...more[spec.codec ?? "none"]];
  const little = { name: "bytes", configuration: { endian: "little" } };
  const sharding = { chunk_shape: spec.chunk, codecs: inner, index_codecs: [little], index_location: "end" };
  return {
    ...{ zarr_format: 3, node_type: "array", shape, data_type: spec.bits === 16 ? "uint16" : "uint8" },
    chunk_grid: { name: "regular", configuration: { chunk_shape: spec.shard ?? spec.chunk } },
    chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
    fill_value: spec.fill ?? 0,
    codecs: spec.shard ? [{ name: "sharding_indexed", configuration: sharding }] : inner,
    attributes: {},
  };
}

/** All places of a grid, the last axis fastest. */
function* cells(counts: readonly number[]): Generator<number[]> {
  const [first, ...rest] = counts;
  if (first === undefined) {
    yield [];
    return;
  }
  for (let i = 0; i < first; i++) for (const more of cells(rest)) yield [i, ...more];
}

async function chunkAt(spec: ZarrSpec, index: number, at: readonly number[]): Promise<Uint8Array | null> {
  if (spec.absent?.includes(`${index}:${at.join(".")}`)) return null;
  const { shape, sample } = spec.levels[index] as ZarrSpec["levels"][number];
  const n = spec.chunk.reduce((all, side) => all * side, 1);
  const samples = new Uint16Array(n);
  const start = at.map((cell, axis) => cell * (spec.chunk[axis] as number));
  const place = [...start];
  const named: Record<string, number> = {};
  for (let k = 0; k < n; k++) {
    let isInside = true;
    for (let axis = 0; axis < place.length; axis++) {
      named[spec.axes[axis] as string] = place[axis] as number;
      if ((place[axis] as number) >= (shape[axis] as number)) isInside = false;
    }
    // what a chunk holds beyond the picture must not be seen
    samples[k] = isInside ? sample(named) : 77;
    for (let axis = place.length - 1; axis >= 0; axis--) {
      place[axis] = (place[axis] as number) + 1;
      if ((place[axis] as number) < (start[axis] as number) + (spec.chunk[axis] as number)) break;
      place[axis] = start[axis] as number;
    }
  }
  return encode(spec.bits === 16 ? words(samples, spec.isBigEndian ?? false) : Uint8Array.from(samples), spec.codec);
}

function words(samples: Uint16Array, isBigEndian: boolean): Uint8Array {
  const out = new Uint8Array(samples.length * 2);
  const view = new DataView(out.buffer);
  for (const [i, value] of samples.entries()) view.setUint16(i * 2, value, !isBigEndian);
  return out;
}

export async function encode(bytes: Uint8Array, codec: Codec = "none"): Promise<Uint8Array> {
  if (codec === "gzip") return new Uint8Array(gzipSync(bytes));
  if (codec === "zstd") return (await new Zstd().encode(bytes)).slice();
  if (codec === "blosc") return (await new Blosc().encode(bytes)).slice();
  return bytes;
}

/** Chunks one behind the other, then the index: offset and length of each, all ones where there is none. */
async function shardAt(spec: ZarrSpec, index: number, at: readonly number[]): Promise<Uint8Array> {
  const each = (spec.shard as readonly number[]).map((side, i) => side / (spec.chunk[i] as number));
  const { shape } = spec.levels[index] as ZarrSpec["levels"][number];
  const parts: Uint8Array[] = [];
  const places: bigint[] = [];
  let end = 0;
  for (const inner of cells(each)) {
    const place = inner.map((x, axis) => x + (at[axis] as number) * (each[axis] as number));
    const isOutside = place.some((x, axis) => x * (spec.chunk[axis] as number) >= (shape[axis] as number));
    const chunk = isOutside ? null : await chunkAt(spec, index, place);
    places.push(chunk ? BigInt(end) : 2n ** 64n - 1n, chunk ? BigInt(chunk.length) : 2n ** 64n - 1n);
    if (!chunk) continue;
    parts.push(chunk);
    end += chunk.length;
  }
  const out = new Uint8Array(end + places.length * 8);
  let to = 0;
  for (const part of parts) {
    out.set(part, to);
    to += part.length;
  }
  out.set(new Uint8Array(BigUint64Array.from(places).buffer), end);
  return out;
}

export const asNeighbours = (files: Files): Neighbours =>
  neighboursInMemory(new Map([...files].map(([name, bytes]) => [name, () => memorySource(bytes, name)])));
