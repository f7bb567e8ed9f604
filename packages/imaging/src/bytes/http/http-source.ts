/**
 * A file on a web server as a source. It is read in pages that are remembered, and what is asked for in one go is fetched
 * in as few ranges as its places allow: a slide over a network costs round trips, not bytes.
 * The file must stay the same while it is open: its length and its version (ETag) are held against every answer.
 */
import type { ByteSource } from "../byte-source.ts";
import { checkSpan } from "../span.ts";
import { type Address, type Answer, addressOf, type HttpOptions, requestRange, unreadable } from "./request-range.ts";

export interface HttpSourceOptions extends HttpOptions {
  /** Bytes of the first request, which tells the length as well; default one page. Formats of many small files take one request a file with more. */
  readonly firstBytes?: number;
}

/** The unit that is fetched and remembered. A block of a slide is 10 to 40 kB, a directory with its values fits into one. */
const PAGE_BYTES = 2 ** 15;
/** 16 MiB of pages. */
const MOST_PAGES = 512;
/** Pages between two wanted ones that are fetched with them: two cost less than a round trip. */
const GAP_PAGES = 2;
/** Pages of one request. */
const RUN_PAGES = 128;
/** Longer reads go past the memory of pages. */
const LONG_READ_BYTES = 2 ** 20;
const LONG_PART_BYTES = 2 ** 24;
/** Requests under way at once, as browsers limit them. */
const MOST_REQUESTS = 6;

/**
 * Opens a file on a web server.
 * @throws FailureError missing-file, no-permission, empty-file, unreadable-file (no ranges, no answer in time, changed while open), refused (a redirect to another scheme)
 */
export async function httpSource(url: string | URL, options: HttpSourceOptions = {}): Promise<ByteSource> {
  const address = addressOf(url);
  const closing = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal;
  const first = await requestRange(address, 0, options.firstBytes ?? PAGE_BYTES, { ...options, signal });
  return new HttpSource(address, first, { ...options, signal }, closing);
}

interface Wanted {
  readonly page: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

class HttpSource implements ByteSource {
  readonly size: number;
  readonly name: string;
  readonly isRemote = true;
  readonly #address: Address;
  readonly #version: string | null;
  readonly #options: HttpOptions;
  readonly #closing: AbortController;
  /** Pages that are here or on their way, the most recently used last. */
  readonly #pages = new Map<number, Promise<Uint8Array>>();
  #wanted: Wanted[] = [];
  #underWay = 0;
  readonly #queue: (() => void)[] = [];

  constructor(address: Address, first: Answer, options: HttpOptions, closing: AbortController) {
    this.size = first.total;
    this.name = address.name;
    this.#address = address;
    this.#version = first.version;
    this.#options = options;
    this.#closing = closing;
    for (let page = 0; page * PAGE_BYTES < first.bytes.length; page++) {
      const bytes = first.bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
      if (bytes.length === this.#lengthOf(page)) this.#pages.set(page, Promise.resolve(bytes));
    }
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    if (this.#closing.signal.aborted)
      throw new TypeError(`expected an open file, received a read of ${this.name} after close()`);
    signal?.throwIfAborted();
    checkSpan(this, offset, length);
    if (length === 0) return new Uint8Array();
    const work = length > LONG_READ_BYTES ? this.#readLong(offset, length) : this.#readPages(offset, length);
    return signal ? untilAborted(work, signal) : work;
  }

  close(): void {
    this.#closing.abort();
    this.#pages.clear();
  }

  async #readPages(offset: number, length: number): Promise<Uint8Array> {
    const first = Math.floor(offset / PAGE_BYTES);
    const last = Math.floor((offset + length - 1) / PAGE_BYTES);
    const pages: Promise<Uint8Array>[] = [];
    for (let page = first; page <= last; page++) pages.push(this.#page(page));
    const [head, ...more] = await Promise.all(pages);
    const from = offset - first * PAGE_BYTES;
    if (head && more.length === 0) return head.slice(from, from + length);
    const out = new Uint8Array(length);
    for (const [i, bytes] of [head as Uint8Array, ...more].entries()) {
      const at = i * PAGE_BYTES - from;
      out.set(at < 0 ? bytes.subarray(-at) : bytes.subarray(0, length - at), Math.max(0, at));
    }
    return out;
  }

  async #readLong(offset: number, length: number): Promise<Uint8Array> {
    const out = new Uint8Array(length);
    const parts: Promise<void>[] = [];
    for (let at = 0; at < length; at += LONG_PART_BYTES) {
      const part = this.#fetch(offset + at, Math.min(LONG_PART_BYTES, length - at));
      parts.push(part.then((bytes) => out.set(bytes, at)));
    }
    await Promise.all(parts);
    return out;
  }

  #page(page: number): Promise<Uint8Array> {
    const here = this.#pages.get(page);
    if (here) {
      this.#pages.delete(page);
      this.#pages.set(page, here);
      return here;
    }
    const bytes = new Promise<Uint8Array>((resolve, reject) => {
      if (this.#wanted.length === 0) queueMicrotask(() => this.#flush());
      this.#wanted.push({ page, resolve, reject });
    });
    this.#pages.set(page, bytes);
    // a page that failed may come the next time; whoever waits for it is told
    bytes.catch(() => this.#pages.delete(page));
    for (const [oldest] of this.#pages) {
      if (this.#pages.size <= MOST_PAGES) break;
      this.#pages.delete(oldest);
    }
    return bytes;
  }

  /** Everything that was asked for since the last turn, in as few ranges as its places allow. */
  #flush(): void {
    const wanted = this.#wanted.sort((a, b) => a.page - b.page);
    this.#wanted = [];
    let run: Wanted[] = [];
    for (const next of wanted) {
      const [first, last] = [run[0], run.at(-1)];
      const isNear = first && last && next.page - last.page <= GAP_PAGES + 1 && next.page - first.page < RUN_PAGES;
      if (run.length > 0 && !isNear) {
        void this.#fetchRun(run);
        run = [];
      }
      run.push(next);
    }
    void this.#fetchRun(run);
  }

  async #fetchRun(run: readonly Wanted[]): Promise<void> {
    const first = (run[0] as Wanted).page;
    const last = (run.at(-1) as Wanted).page;
    try {
      const start = first * PAGE_BYTES;
      const bytes = await this.#fetch(start, last * PAGE_BYTES + this.#lengthOf(last) - start);
      for (const { page, resolve } of run) {
        const at = page * PAGE_BYTES - start;
        // a copy, so that one page that is remembered does not keep the whole run
        resolve(bytes.slice(at, at + this.#lengthOf(page)));
      }
    } catch (error) {
      for (const { reject } of run) reject(error);
    }
  }

  async #fetch(offset: number, length: number): Promise<Uint8Array> {
    if (this.#underWay >= MOST_REQUESTS) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#underWay++;
    try {
      const { bytes, total, version } = await requestRange(this.#address, offset, length, this.#options);
      if (total !== this.size || version !== this.#version || bytes.length !== length) {
        unreadable(this.#address, "another version of it: the file changed while it was open");
      }
      return bytes;
    } finally {
      this.#underWay--;
      this.#queue.shift()?.();
    }
  }

  #lengthOf(page: number): number {
    return Math.min(PAGE_BYTES, this.size - page * PAGE_BYTES);
  }
}

/** Whoever no longer waits is let go at once; the bytes come all the same, for whoever asks next. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
