/**
 * multipart/related as it streams (RFC 2046, 5.1; PS3.18, 8.6): parts one after the other, each read before the next, nothing kept but a window as long as
 * a mark. Bounds on heads and on their number: the other side may be broken or hostile.
 */
import { raise } from "@nacre/core";

export interface Part {
  /** Names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  /** Read to its end, or left: then the rest is passed over. */
  readonly body: AsyncIterable<Uint8Array>;
}

const MOST_HEAD = 16 * 1024;
/** Before the first mark, and in parts in all. */
const MOST_PREAMBLE = 64 * 1024;
const MOST_PARTS = 10_000;

/** The mark between parts, as the content type says it. @throws FailureError unsupported-format where the type is another */
export function boundaryOf(type: string): string {
  const found = /^multipart\/related\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70})(?=[\s;]|$))/i.exec(type);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary !== undefined && /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(boundary)) return boundary;
  return raise("unsupported-format", {
    expected: "multipart/related with a boundary of at most 70 letters",
    received: type === "" ? "an answer without a type" : `an answer of type ${type.slice(0, 100)}`,
    remedy: "see that the address of the source is that of the DICOMweb service, not of a page",
  });
}

/** @throws FailureError truncated-file where it ends before the last mark, hostile-file beyond the bounds */
export async function* partsOf(pieces: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part> {
  const input = new Window(pieces);
  // the first mark may stand at the very beginning: as if after a line's end
  const mark = Buffer.from(`\r\n--${boundary}`, "latin1");
  input.put(Buffer.from("\r\n"));
  try {
    await passOver(input.until(mark), MOST_PREAMBLE);
    for (let n = 0; !(await input.take(2)).equals(Buffer.from("--")); n++) {
      if (n >= MOST_PARTS) hostile(`at most ${MOST_PARTS} parts`);
      const headers = await readHead(input);
      const body = input.until(mark);
      yield { headers, body };
      await passOver(body, Number.POSITIVE_INFINITY);
    }
  } finally {
    await input.close();
  }
}

async function passOver(rest: AsyncIterable<Uint8Array>, most: number): Promise<void> {
  let size = 0;
  for await (const piece of rest) {
    size += piece.length;
    if (size > most) hostile(`at most ${most} bytes before the first part`);
  }
}

/** The head of a part; the two bytes after the mark are read already. They end a line, or blanks stand before its end. */
async function readHead(input: Window): Promise<ReadonlyMap<string, string>> {
  const headers = new Map<string, string>();
  input.unread();
  for (let size = 0, isFirst = true; ; isFirst = false) {
    const line = await input.line(MOST_HEAD);
    size += line.length + 2;
    if (size > MOST_HEAD) hostile(`a head of at most ${MOST_HEAD} bytes`);
    if (isFirst) {
      if (line.trim() !== "") hostile("nothing after a mark on its line");
      continue;
    }
    if (line === "") return headers;
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

/** Bytes that have come and are not yet read. */
class Window {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);
  #last: Buffer = Buffer.alloc(0);

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  put(bytes: Uint8Array): void {
    this.#held = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
  }

  async take(n: number): Promise<Buffer> {
    while (this.#held.length < n) await this.#more();
    this.#last = this.#held.subarray(0, n);
    this.#held = this.#held.subarray(n);
    return this.#last;
  }

  /** Puts back what was taken last. */
  unread(): void {
    this.#held = Buffer.concat([this.#last, this.#held]);
    this.#last = Buffer.alloc(0);
  }

  /** A line without its end. */
  async line(most: number): Promise<string> {
    for (;;) {
      const at = this.#held.indexOf("\r\n");
      if (at >= 0) return (await this.take(at + 2)).toString("latin1", 0, at);
      if (this.#held.length > most) hostile(`a line of at most ${most} bytes`);
      await this.#more();
    }
  }

  /** What stands before a mark, which is passed over; resumes where it was left. */
  until(mark: Buffer): AsyncIterable<Uint8Array> {
    let isOver = false;
    const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
      while (!isOver) {
        const at = this.#held.indexOf(mark);
        const sure = at >= 0 ? at : this.#held.length - mark.length + 1;
        if (at === 0) {
          isOver = true;
          await this.take(mark.length);
        } else if (sure > 0) return { done: false, value: await this.take(sure) };
        else await this.#more();
      }
      return { done: true, value: undefined };
    };
    // no `return`: leaving a loop early must not end the parts that follow
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  /** Lets go of where the bytes come from. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#pieces.next();
    if (!done) return this.put(value);
    return raise("truncated-file", {
      expected: "an answer that ends with its last mark",
      received: "one that ends before",
      remedy: "try again; look into the log of the archive",
    });
  }
}

function hostile(expected: string): never {
  return raise("hostile-file", {
    expected,
    received: "more in an answer of the archive",
    remedy: "look at what stands at that address",
  });
}
