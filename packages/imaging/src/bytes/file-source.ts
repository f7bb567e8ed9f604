/**
 * A file on disk as a source. Reads are positioned and synchronous: on a local disk a block arrives in microseconds,
 * and a promise a block costs more than the read itself. Each thread opens its own.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { FailureError, raise } from "@nacre/core";
import type { ByteSource } from "./byte-source.ts";
import { fileFailure } from "./file-failure.ts";
import { checkSpan } from "./span.ts";

/** @throws FailureError missing-file, no-permission, empty-file, unreadable-file */
export function openFileSource(path: string): ByteSource {
  const fd = openForReading(path);
  try {
    return fileSource(fd, path);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openForReading(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw new FailureError(fileFailure(error, path), { cause: error });
  }
}

function fileSource(fd: number, path: string): ByteSource {
  const stat = fstatSync(fd);
  if (!stat.isFile()) {
    raise("unreadable-file", {
      expected: `a file at ${path}`,
      received: stat.isDirectory() ? "a folder" : "something that is not a file",
      remedy: "name the slide file itself",
    });
  }
  if (stat.size === 0) {
    raise("empty-file", {
      expected: `a slide at ${path}`,
      received: "a file of zero bytes",
      remedy: "copy the file again from where it came",
    });
  }
  let isOpen = true;
  const readInto = (offset: number, target: Uint8Array): void => {
    if (!isOpen) throw new TypeError(`expected an open file, received a read of ${path} after close()`);
    checkSpan(source, offset, target.length);
    let done = 0;
    while (done < target.length) {
      const n = readSome(fd, target, done, offset + done, path);
      if (n === 0) checkSpan({ size: offset + done, name: path }, offset, target.length);
      done += n;
    }
  };
  const readNow = (offset: number, length: number): Uint8Array => {
    checkSpan({ size: stat.size, name: path }, offset, length);
    const target = Buffer.allocUnsafe(length);
    readInto(offset, target);
    return target;
  };
  const source: ByteSource = {
    size: stat.size,
    name: path,
    readSync: readNow,
    readInto,
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      return readNow(offset, length);
    },
    close() {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
  return source;
}

function readSome(fd: number, target: Uint8Array, at: number, position: number, path: string): number {
  try {
    return readSync(fd, target, at, target.length - at, position);
  } catch (error) {
    throw new FailureError(fileFailure(error, path), { cause: error });
  }
}
