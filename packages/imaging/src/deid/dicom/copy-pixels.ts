/** The pixel data of an instance, copied with its lengths and offset table as they are; text inside the frames becomes zeros. */
import { createHash } from "node:crypto";
import type { ByteSource } from "../../bytes/byte-source.ts";
import { UNDEFINED } from "../../format/dicom/data-set.ts";
import type { Instance } from "../../format/dicom/instance.ts";
import { hostile, viewOf } from "../../format/tiff-directory.ts";
import type { ByteSink } from "../byte-sink.ts";
import { areInOrder } from "../places-in-order.ts";
import { blank } from "../stream/blank.ts";
import { cleanerOf } from "../stream/block-cleaner.ts";
import type { BlockCleaner } from "../stream/cleaner.ts";
import { rleCleaner } from "../stream/packed-cleaner.ts";

const PIECE = 2 ** 22;
const MAX_FRAGMENT = 2 ** 28;

/** The cleaner of one frame by its coding. */
function cleanerFor({ codec, samples, allocated, blockWidth, blockHeight }: Instance): BlockCleaner {
  if (codec === "rle") return rleCleaner(samples * Math.ceil(allocated / 8), blockWidth * blockHeight);
  return cleanerOf(codec === "native" ? "samples" : codec);
}

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
  readonly #instance: Instance;
  readonly #sink: ByteSink | null;
  readonly #signal: AbortSignal | undefined;
  readonly #hash = createHash("sha256");
  #cleaner: BlockCleaner;
  #blocks = 0;
  #bytes = 0;
  #blanked = 0;

  constructor(source: ByteSource, instance: Instance, sink: ByteSink | null, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#instance = instance;
    this.#sink = sink;
    this.#signal = signal;
    this.#cleaner = cleanerFor(instance);
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
      if (i === 0) await this.#offsets(at + 8, length);
      else await this.copy(at + 8, length, Number.POSITIVE_INFINITY);
      at += 8 + length;
    }
  }

  /** The table of places: empty, or one a frame, each behind the last and inside the file. */
  async #offsets(at: number, length: number): Promise<void> {
    const table = (await this.#source.read(at, length, this.#signal)).slice();
    const view = viewOf(table);
    const places = Array.from({ length: Math.floor(length / 4) }, (_, i) => view.getUint32(i * 4, true));
    if (length !== 0 && (length !== this.#instance.frames * 4 || !areInOrder(places, this.#source.size)))
      hostile(this.#source.name, "a table with the place of each frame, or an empty one");
    this.#sink?.append(table);
  }

  /** One fragment, or all native frames. What lies behind `most` bytes is no pixel. */
  async copy(from: number, length: number, most: number): Promise<void> {
    this.#hash.update(`${length};`);
    const isWhole = !this.#cleaner.isStreaming;
    if (isWhole && length > MAX_FRAGMENT) hostile(this.#source.name, `fragments of at most ${MAX_FRAGMENT} bytes`);
    const step = isWhole ? Math.max(1, length) : PIECE;
    let changed = 0;
    for (let at = 0; at < length; at += step) {
      const piece = (await this.#source.read(from + at, Math.min(step, length - at), this.#signal)).slice();
      // a frame may go on in the next fragment; a new one begins with its mark
      if (at === 0 && piece[0] === 0xff && piece[1] === 0xd8) this.#next();
      changed += this.#cleaner.clean(piece) + blank(piece, most - at, piece.length);
      this.#hash.update(piece);
      this.#sink?.append(piece);
    }
    this.#blocks++;
    this.#bytes += length;
    if (changed > 0) this.#blanked++;
  }

  /** A frame ends here, another one begins. */
  #next(): void {
    this.#cleaner.finish?.();
    this.#cleaner = cleanerFor(this.#instance);
  }

  result(end: number): CopiedPixels {
    this.#cleaner.finish?.();
    return { sha256: this.#hash.digest("hex"), blocks: this.#blocks, bytes: this.#bytes, blanked: this.#blanked, end };
  }
}
