/**
 * Zstandard (RFC 8878) through numcodecs (WebAssembly). The library expands whatever it is given, so the frame's own
 * headers are walked first: a block gives at most 128 KiB, and raw and repeated blocks say their size exactly.
 */
import type { Unpacker } from "./codec.ts";

const MAGIC = 0xfd2fb528;
const MOST_OF_A_BLOCK = 2 ** 17;
/** Room for writers that flush small blocks: the bound below counts each compressed block as full. */
const SLACK_BYTES = 2 ** 24;

export const zstdUnpacker: Unpacker = {
  name: "zstd (WebAssembly)",
  async later(bytes, length) {
    const { most, end } = frameOf(bytes);
    if (most > length + SLACK_BYTES) throw new Error(`Zstandard data that says up to ${most} bytes, not ${length}`);
    const { default: Zstd } = await import("numcodecs/zstd");
    // the library waits for ever for the rest of a frame that it takes bytes behind the first one for
    const out = await new Zstd().decode(bytes.subarray(0, end));
    if (out.length > length) throw new Error(`Zstandard data that says ${out.length} bytes, not ${length}`);
    return out;
  },
};

export interface ZstdFrame {
  /** An upper bound of what it expands to. */
  readonly most: number;
  /** Of the frame with its checksum, in bytes. */
  readonly end: number;
}

/** The first frame of the bytes, from its headers alone. @throws Error when it is no whole frame */
export function frameOf(bytes: Uint8Array): ZstdFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ends = (): never => {
    throw new Error("Zstandard data that ends early");
  };
  if (bytes.length < 6) ends();
  if (view.getUint32(0, true) !== MAGIC) throw new Error("data that does not begin like Zstandard");
  const descriptor = view.getUint8(4);
  const isSingle = (descriptor & 32) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  if (dictionaryBytes > 0) throw new Error("Zstandard data that needs a dictionary");
  let at = 5 + (isSingle ? 0 : 1) + sizeBytes;
  let most = 0;
  for (;;) {
    if (at + 3 > bytes.length) ends();
    const header = view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
    const kind = (header >> 1) & 3;
    const size = header >> 3;
    if (kind === 3) throw new Error("a Zstandard block of a reserved kind");
    most += kind === 2 ? MOST_OF_A_BLOCK : size;
    at += 3 + (kind === 1 ? 1 : size);
    if (at > bytes.length) ends();
    if (header & 1) {
      const end = at + (descriptor & 4);
      return end <= bytes.length ? { most, end } : ends();
    }
  }
}
