/** The pixel data of an instance, copied with its lengths and offset table as they are; text inside the frames becomes zeros. */
import { createHash } from "node:crypto";
import type { ByteSource } from "../../bytes/byte-source.ts";
import { UNDEFINED } from "../../format/dicom/data-set.ts";
import type { Instance } from "../../format/dicom/instance.ts";
import { hostile, viewOf } from "../../format/tiff-directory.ts";
import type { ByteSink } from "../byte-sink.ts";
import { blank } from "../stream/blank.ts";
import { cleanerOf } from "../stream/block-cleaner.ts";
import type { BlockCleaner } from "../stream/cleaner.ts";

const PIECE = 2 ** 22;
const MAX_FRAGMENT = 2 ** 28;
const CODING = { native: "samples", rle: "samples", jpeg: "jpeg", jpeg2000: "jpeg2000" } as const;

export interface CopiedPixels {
  readonly sha256: string;
  readonly blocks: number;
  readonly bytes: number;
  readonly blanked: number;
  /** Where the pixel data end. */
  readonly end: number;
}

export async function copyPixels(
  source: ByteSource,
  instance: Instance,
  {
    isExplicit,
    sink,
    signal,
  }: { readonly isExplicit: boolean; readonly sink: ByteSink | null; readonly signal?: AbortSignal | undefined },
): Promise<CopiedPixels> {
  const { at, length } = instance.pixels;
  const head = isExplicit ? 12 : 8;
  sink?.append((await source.read(at - head, head, signal)).slice());
  const run = new PixelRun(source, instance, sink, signal);
  if (length !== UNDEFINED) {
    const { blockWidth, blockHeight, samples, allocated, frames } = instance;
    const most = blockWidth * blockHeight * samples * (allocated / 8) * frames;
    await run.copy(at, length, most);
    return run.result(at + length);
  }
  return run.result(await run.fragments(at));
}

class PixelRun {
  readonly #source: ByteSource;
  readonly #coding: (typeof CODING)[keyof typeof CODING];
  readonly #sink: ByteSink | null;
  readonly #signal: AbortSignal | undefined;
  readonly #hash = createHash("sha256");
  #cleaner: BlockCleaner;
  #blocks = 0;
  #bytes = 0;
  #blanked = 0;

  constructor(source: ByteSource, instance: Instance, sink: ByteSink | null, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#coding = CODING[instance.codec];
    this.#sink = sink;
    this.#signal = signal;
    this.#cleaner = cleanerOf(this.#coding);
  }

  /** The items of encapsulated pixel data: the offset table, the fragments, the end. */
  async fragments(from: number): Promise<number> {
    for (let at = from, i = 0; ; i++) {
      this.#signal?.throwIfAborted();
      const head = (await this.#source.read(at, 8, this.#signal)).slice();
      const view = viewOf(head);
      const tag = view.getUint16(0, true) * 65536 + view.getUint16(2, true);
      const length = view.getUint32(4, true);
      if (tag === 0xfffee0dd) {
        this.#sink?.append(Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0));
        return at + 8;
      }
      if (tag !== 0xfffee000 || length === UNDEFINED)
        hostile(this.#source.name, "fragments of a known length in its pixel data");
      this.#sink?.append(head);
      if (i === 0) this.#sink?.append((await this.#source.read(at + 8, length, this.#signal)).slice());
      else await this.copy(at + 8, length, Number.POSITIVE_INFINITY);
      at += 8 + length;
    }
  }

  /** One fragment, or all native frames. What lies behind `most` bytes is no pixel. */
  async copy(from: number, length: number, most: number): Promise<void> {
    this.#hash.update(`${length};`);
    const isWhole = this.#coding === "jpeg2000";
    if (isWhole && length > MAX_FRAGMENT) hostile(this.#source.name, `fragments of at most ${MAX_FRAGMENT} bytes`);
    const step = isWhole ? Math.max(1, length) : PIECE;
    let changed = 0;
    for (let at = 0; at < length; at += step) {
      const piece = (await this.#source.read(from + at, Math.min(step, length - at), this.#signal)).slice();
      // a frame may go on in the next fragment; a new one begins with its mark
      if (at === 0 && piece[0] === 0xff && piece[1] === 0xd8) this.#cleaner = cleanerOf(this.#coding);
      changed += this.#cleaner.clean(piece) + blank(piece, most - at, piece.length);
      this.#hash.update(piece);
      this.#sink?.append(piece);
    }
    this.#blocks++;
    this.#bytes += length;
    if (changed > 0) this.#blanked++;
  }

  result(end: number): CopiedPixels {
    return { sha256: this.#hash.digest("hex"), blocks: this.#blocks, bytes: this.#bytes, blanked: this.#blanked, end };
  }
}
