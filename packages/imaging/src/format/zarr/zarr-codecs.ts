/**
 * The codecs that zarrita is given for compressed chunks. Its own expand whatever they are handed; these hold every stream against
 * the size of its chunk first, so that a few kilobytes cannot ask for gigabytes. Encoding is left to zarrita's own.
 */
import { registry } from "zarrita";
import { streamInflate } from "../../codec/stream-inflate.ts";
import { zstdUnpacker } from "../../codec/zstd.ts";

type Expand = (bytes: Uint8Array, length: number) => Uint8Array | Promise<Uint8Array>;

/** Checksums and headers that other codecs of the chain take off. */
const SLACK_BYTES = 64;

const EXPAND: Readonly<Record<string, Expand>> = {
  zstd: (bytes, length) => {
    if (!("later" in zstdUnpacker)) return zstdUnpacker.now(bytes, length);
    return zstdUnpacker.later(bytes, length);
  },
  gzip: (bytes, length) => streamInflate(bytes, length, "gzip"),
  zlib: (bytes, length) => streamInflate(bytes, length),
  blosc: async (bytes, length) => {
    // c-blosc 1 header: version, version of the codec, flags, typesize, then nbytes, blocksize, cbytes
    if (bytes.length < 16) throw new Error("blosc data that ends early");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    expectLength("blosc", view.getUint32(4, true), length);
    if (view.getUint32(12, true) !== bytes.length) {
      throw new Error(`blosc data of ${bytes.length} bytes that says ${view.getUint32(12, true)}`);
    }
    const { default: Blosc } = await import("numcodecs/blosc");
    return new Blosc().decode(bytes);
  },
  lz4: async (bytes, length) => {
    if (bytes.length < 4) throw new Error("lz4 data that ends early");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    expectLength("lz4", view.getUint32(0, true), length);
    const { default: Lz4 } = await import("numcodecs/lz4");
    return new Lz4().decode(bytes);
  },
};

function expectLength(name: string, says: number, length: number): void {
  if (says > length) throw new Error(`${name} data that says ${says} bytes, not ${length}`);
}

let isDone = false;

/** Puts the bounded decoders into zarrita's table, once a process. */
export function boundZarrCodecs(): void {
  if (isDone) return;
  isDone = true;
  for (const [name, expand] of Object.entries(EXPAND)) {
    for (const key of [name, `numcodecs.${name}`]) {
      const own = registry.get(key);
      if (own) registry.set(key, bounded(own, expand));
    }
  }
}

type Load = Parameters<typeof registry.set>[1];
type Entry = Awaited<ReturnType<Load>>;

function bounded(own: Load, expand: Expand): Load {
  return async () => {
    const entry: Entry = await own();
    return {
      kind: "bytes_to_bytes",
      fromConfig(config, meta) {
        const bytes = meta.shape.reduce((all, side) => all * side, bytesOf(meta.dataType)) + SLACK_BYTES;
        const codec = entry.fromConfig(config, meta);
        return {
          kind: "bytes_to_bytes",
          encode: (data: Uint8Array) => codec.encode(data),
          decode: (data: Uint8Array) => expand(data, bytes),
        };
      },
    };
  };
}

/** The most bytes of a sample of the types that are read; the index of a shard has 8. */
const bytesOf = (type: string): number => (type === "uint8" ? 1 : type === "uint16" ? 2 : 8);
