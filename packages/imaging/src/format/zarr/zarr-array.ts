/** The metadata of one array of an OME-Zarr picture: Zarr 2 (`.zarray`) and Zarr 3 (`zarr.json`), held against bounds. */
import { raise } from "@nacre/core";
import { hostile } from "../tiff-directory.ts";
import { type Json, listIn, objectIn, textIn } from "./zarr-metadata.ts";

export interface ArrayFacts {
  readonly shape: readonly number[];
  /** What is stored and decoded at once: in a shard, the chunk inside it. */
  readonly chunk: readonly number[];
  readonly bits: 8 | 16;
  /** Names of the codecs, for SlideInfo.reader. */
  readonly codecs: readonly string[];
}

const MAX_SIDE = 2 ** 31;
/** 64 million samples in one chunk: more than any writer makes. */
export const MAX_CHUNK_SAMPLES = 2 ** 26;
/** Chunks of one shard, whose index is read whole. */
const MAX_SHARD_CHUNKS = 2 ** 18;

const KNOWN_CODECS: ReadonlySet<string> = new Set(
  ["bytes", "transpose", "crc32c", "blosc", "zstd", "gzip", "zlib", "lz4"].flatMap((name) => [
    name,
    `numcodecs.${name}`,
  ]),
);

/** @throws FailureError hostile-file, unsupported-codec, unsupported-format */
export function arrayFacts(json: Json, zarr: 2 | 3, rank: number, name: string): ArrayFacts {
  const facts = zarr === 3 ? factsOfV3(json, name) : factsOfV2(json, name);
  const { shape, chunk, codecs } = facts;
  if (shape.length !== rank || chunk.length !== rank) hostile(name, `an array of ${rank} axes`);
  if (product(chunk) > MAX_CHUNK_SAMPLES) hostile(name, `chunks of at most ${MAX_CHUNK_SAMPLES} samples`);
  const unknown = codecs.find((codec) => !KNOWN_CODECS.has(codec));
  if (unknown !== undefined) {
    raise("unsupported-codec", {
      expected: "chunks by blosc, zstd, gzip, zlib, lz4 or not compressed",
      received: `${unknown} in ${name}`,
      remedy: "write the picture again with one of these",
    });
  }
  return facts;
}

function factsOfV2(json: Json, name: string): ArrayFacts {
  const filters = json.filters;
  const compressor = objectIn(json, "compressor");
  const ids = [...(Array.isArray(filters) ? listIn(json, "filters") : []), ...(json.compressor ? [compressor] : [])];
  return {
    shape: sizesIn(json, "shape", name),
    chunk: sizesIn(json, "chunks", name),
    bits: bitsOf(textIn(json, "dtype").replace(/^[|<>=]u/, "uint"), { uint1: 8, uint2: 16 }, name),
    codecs: ids.map((codec) => textIn(codec, "id")),
  };
}

function factsOfV3(json: Json, name: string): ArrayFacts {
  if (json.node_type !== "array") hostile(name, "an array");
  const grid = objectIn(json, "chunk_grid");
  if (textIn(grid, "name") !== "regular") hostile(name, "a regular grid of chunks");
  const outer = sizesIn(objectIn(grid, "configuration"), "chunk_shape", name);
  const codecs = listIn(json, "codecs");
  const shard = codecs.find((codec) => textIn(codec, "name") === "sharding_indexed");
  const held = {
    shape: sizesIn(json, "shape", name),
    bits: bitsOf(textIn(json, "data_type"), { uint8: 8, uint16: 16 }, name),
  };
  if (!shard) return { ...held, chunk: outer, codecs: codecs.map((codec) => textIn(codec, "name")) };
  const configuration = objectIn(shard, "configuration");
  const inner = sizesIn(configuration, "chunk_shape", name);
  checkShard(outer, inner, name);
  if (codecs.length > 1) hostile(name, "shards that nothing else encodes");
  if (configuration.index_location !== undefined && configuration.index_location !== "end") {
    raise("unsupported-codec", {
      expected: "shards with their index at the end",
      received: `another place in ${name}`,
      remedy: "write the picture again with index_location end",
    });
  }
  const within = [...listIn(configuration, "codecs"), ...listIn(configuration, "index_codecs")];
  return { ...held, chunk: inner, codecs: [...new Set(within.map((codec) => textIn(codec, "name")))] };
}

function checkShard(outer: readonly number[], inner: readonly number[], name: string): void {
  const isWhole = outer.length === inner.length && outer.every((side, i) => side % (inner[i] as number) === 0);
  if (!isWhole) hostile(name, "shards that hold whole chunks");
  if (product(outer) / product(inner) > MAX_SHARD_CHUNKS) hostile(name, `shards of at most ${MAX_SHARD_CHUNKS} chunks`);
}

function sizesIn(json: Json, key: string, name: string): readonly number[] {
  const value = Object.hasOwn(json, key) ? json[key] : undefined;
  const isSize = (side: unknown): side is number =>
    typeof side === "number" && Number.isInteger(side) && side > 0 && side < MAX_SIDE;
  if (Array.isArray(value) && value.length <= 5 && value.every(isSize)) return value;
  return hostile(name, `${key} of whole numbers from 1 to ${MAX_SIDE - 1}`);
}

function bitsOf(type: string, known: Readonly<Record<string, 8 | 16>>, name: string): 8 | 16 {
  const bits = Object.hasOwn(known, type) ? known[type] : undefined;
  if (bits) return bits;
  return raise("unsupported-format", {
    expected: "samples of 8 or 16 bits without a sign",
    received: `${type || "none"} in ${name}`,
    remedy: "convert the picture to uint8 or uint16",
  });
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, side) => all * side, 1);

/** The metadata with another value for what is not stored: in colour pictures that is empty glass, not black. */
export function withFill(json: Json, fill: number | null, name: string): Json {
  const stored = json.fill_value;
  if (fill !== null) return { ...json, fill_value: fill };
  const isSound =
    stored === null ||
    stored === undefined ||
    (Number.isInteger(stored) && (stored as number) >= 0 && (stored as number) < 65536);
  if (!isSound) hostile(name, "a fill value that is a sample");
  return { ...json, fill_value: stored ?? 0 };
}
