/** A file being written for the first time. It appears under its name only when it is whole. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { FailureError, raise } from "@nacre/core";
import { fileFailure } from "../bytes/file-failure.ts";
import type { ByteSink } from "./byte-sink.ts";

/** Lifetime: from construction to `keep` or `drop`. */
export class FileSink implements ByteSink {
  readonly #path: string;
  readonly #fd: number;
  #position = 0;
  #isOpen = true;

  /** `path`: where the bytes lie until they are kept. */
  constructor(path: string) {
    this.#path = path;
    this.#fd = guarded(path, () => openSync(path, "wx", 0o600));
  }

  get position(): number {
    return this.#position;
  }

  append(bytes: Uint8Array): void {
    this.#write(bytes, this.#position);
    this.#position += bytes.length;
  }

  patch(at: number, bytes: Uint8Array): void {
    this.#write(bytes, at);
  }

  /** Makes the file durable; it still lies aside. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    guarded(this.#path, () => fsyncSync(this.#fd));
    closeSync(this.#fd);
  }

  /** Removes what was written. */
  drop(): void {
    if (this.#isOpen) closeSync(this.#fd);
    this.#isOpen = false;
    rmSync(this.#path, { force: true });
  }

  #write(bytes: Uint8Array, at: number): void {
    guarded(this.#path, () => {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#fd, bytes, done, bytes.length - done, at + done);
    });
  }
}

/** Moves what lies aside into its place, which must still be free. */
export function moveInto(aside: string, path: string): void {
  if (existsSync(path)) {
    raise("bad-usage", {
      expected: "a name where nothing lies yet",
      received: `${path}, which exists`,
      remedy: "name another output, or move the old one away",
    });
  }
  guarded(path, () => renameSync(aside, path));
}

function guarded<T>(path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw new FailureError(fileFailure(error, path), { cause: error });
  }
}
