/** A file written front to back in large pieces, with places filled in later. Lifetime: from construction to `close`. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

const BUFFER_BYTES = 1 << 20;

export class AppendFile {
  readonly #fd: number;
  #end: number;
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #isOpen = true;

  /** Creates the file and leaves `skip` bytes free in front. @throws the system's error when it cannot */
  constructor(path: string, skip = 0) {
    this.#end = skip;
    this.#fd = openSync(path, "w");
  }

  get size(): number {
    return this.#end;
  }

  /** Appends bytes, which must not change until `finish`, and returns their offset. */
  append(bytes: Uint8Array): number {
    const offset = this.#end;
    this.#chunks.push(bytes);
    this.#end += bytes.length;
    this.#waiting += bytes.length;
    if (this.#waiting > BUFFER_BYTES) this.#flush();
    return offset;
  }

  /** Writes over bytes at `at`. */
  patch(at: number, bytes: Uint8Array): void {
    this.#flush();
    this.#write(bytes, at);
  }

  /** Makes all of it durable. */
  finish(): void {
    this.#flush();
    fsyncSync(this.#fd);
  }

  /** May be called twice. */
  close(): void {
    if (this.#isOpen) closeSync(this.#fd);
    this.#isOpen = false;
  }

  #flush(): void {
    let at = this.#end - this.#waiting;
    for (const chunk of this.#chunks) {
      this.#write(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [];
    this.#waiting = 0;
  }

  #write(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#fd, bytes, done, bytes.length - done, at + done);
    }
  }
}
