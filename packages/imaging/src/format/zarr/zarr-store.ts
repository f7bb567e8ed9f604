/** The files of an OME-Zarr folder as a store of zarrita: bounded, and with metadata that were already read and checked. */
import type { AsyncReadable, RangeQuery } from "zarrita";
import type { ByteSource } from "../../bytes/byte-source.ts";
import type { Neighbours } from "../../bytes/neighbours.ts";

/** Stored bytes of one chunk: no codec makes one of 2^26 samples of 16 bits much longer than it is. */
const MAX_STORED_BYTES = 2 ** 28;
/** Shards that stay open. */
const MOST_OPEN = 32;

export interface ZarrStore extends AsyncReadable {
  close(): void;
}

interface Lent {
  readonly source: Promise<ByteSource | null>;
  opened: ByteSource | null;
  readers: number;
}

/** `known`: metadata by their name. */
export function zarrStore(files: Neighbours, known: ReadonlyMap<string, Uint8Array>): ZarrStore {
  const shards = new Map<string, Lent>();
  const lend = (name: string): Lent => {
    const lent: Lent = { source: files.open(name), opened: null, readers: 0 };
    lent.source.then(
      (source) => {
        lent.opened = source;
        if (isClosed) source?.close();
      },
      () => void shards.delete(name), // the next read tries again
    );
    return lent;
  };
  let isClosed = false;
  return {
    async get(key, options) {
      const name = key.slice(1);
      const here = known.get(name);
      if (here) return here;
      const source = await files.open(name);
      if (!source) return undefined;
      try {
        if (source.size > MAX_STORED_BYTES) throw new Error(`a chunk of ${source.size} bytes`);
        return await source.read(0, source.size, options?.signal);
      } finally {
        source.close();
      }
    },
    async getRange(key, range, options) {
      const name = key.slice(1);
      const shard = shards.get(name) ?? lend(name);
      shards.delete(name);
      shards.set(name, shard);
      shard.readers++;
      try {
        const source = await shard.source;
        return source ? await readRange(source, range, options?.signal) : undefined;
      } finally {
        shard.readers--;
        for (const [oldest, { readers, opened }] of shards) {
          if (shards.size <= MOST_OPEN) break;
          if (readers > 0) continue;
          opened?.close();
          shards.delete(oldest);
        }
      }
    },
    close() {
      isClosed = true;
      for (const { opened } of shards.values()) opened?.close();
      shards.clear();
    },
  };
}

async function readRange(source: ByteSource, range: RangeQuery, signal?: AbortSignal): Promise<Uint8Array> {
  const length = "suffixLength" in range ? range.suffixLength : range.length;
  const offset = "suffixLength" in range ? source.size - length : range.offset;
  // the place is known where this is caught: such a chunk is broken, and others may be sound
  if (!(length <= MAX_STORED_BYTES && offset >= 0 && offset + length <= source.size)) {
    throw new Error(`a shard of ${source.size} bytes that names ${length} at ${offset}`);
  }
  return source.read(offset, length, signal);
}
