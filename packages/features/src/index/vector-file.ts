/**
 * The vectors of many feature files in one file that is read in parts. Layout, version 1, little-endian: a part for each feature file
 * (mean float64 [d], squares of what differs from it float64 [d], features float32 [n, d], x and y int32 [n], filled up to 8 bytes),
 * then the manifest as JSON, its length as uint32, and eight letters.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import type { Bag, Failure } from "@nacre/core";

/** Version of the layout: another is built anew. */
export const VECTORS_VERSION = 1;
const END = "NACREVEC";
const TAIL = 4 + END.length;

export interface VectorPart {
  readonly name: string;
  readonly n: number;
  /** Side of a tile in level-0 pixels; null where the file does not say. */
  readonly side: number | null;
  /** Whether x and y are level-0 pixels. */
  readonly hasPlaces: boolean;
  /** Hash of the feature file. */
  readonly sha256: string;
  /** Size and time of the feature file when it was read. */
  readonly stamp: string;
  /** First byte of the part. */
  readonly at: number;
}

/** A feature file that could not be used. */
export interface LeftOut {
  readonly name: string;
  readonly stamp: string;
  readonly failure: Failure;
}

export interface Manifest {
  readonly version: number;
  readonly d: number;
  readonly space: string;
  readonly parts: readonly VectorPart[];
  readonly leftOut: readonly LeftOut[];
}

/** Top-left corner of each tile. */
export interface PartPlaces {
  readonly x: Int32Array;
  readonly y: Int32Array;
}

export function partBytes(n: number, d: number): number {
  return 16 * d + Math.ceil((n * (d + 2) * 4) / 8) * 8;
}

/** Writes a part piece by piece: the features of a large slide are not copied. */
export function writePart(file: number, { features, x, y, n, d }: Bag, at: number): void {
  const mean = new Float64Array(d);
  const squares = new Float64Array(d);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) {
      // Welford: one pass, and no small difference of large sums.
      const value = features[i * d + j] as number;
      const off = value - (mean[j] as number);
      mean[j] = (mean[j] as number) + off / (i + 1);
      squares[j] = (squares[j] as number) + off * (value - (mean[j] as number));
    }
  const pieces = [mean, squares, features, x, y];
  const length = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  let next = at;
  for (const { buffer, byteOffset, byteLength } of [...pieces, new Uint8Array(partBytes(n, d) - length)]) {
    writeAll(file, new Uint8Array(buffer, byteOffset, byteLength), next);
    next += byteLength;
  }
}

/** Row-major [count, d], as the encoder gave them. */
export function readFeatures(file: number, { at }: VectorPart, d: number, first: number, count: number): Float32Array {
  return new Float32Array(readExactly(file, at + 16 * d + 4 * first * d, 4 * count * d).buffer);
}

export function readPlaces(file: number, { at, n }: VectorPart, d: number): PartPlaces {
  const bytes = readExactly(file, at + 16 * d + 4 * n * d, 8 * n);
  return { x: new Int32Array(bytes.buffer, 0, n), y: new Int32Array(bytes.buffer, 4 * n, n) };
}

/** Mean of each feature, and the sum of squares around it. */
export function readMoments(file: number, { at }: VectorPart, d: number) {
  const bytes = readExactly(file, at, 16 * d);
  return { mean: new Float64Array(bytes.buffer, 0, d), squares: new Float64Array(bytes.buffer, 8 * d, d) };
}

export function composeManifest(manifest: Manifest): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(manifest));
  const bytes = new Uint8Array(text.length + TAIL);
  bytes.set(text);
  new DataView(bytes.buffer).setUint32(text.length, text.length, true);
  bytes.set(new TextEncoder().encode(END), text.length + 4);
  return bytes;
}

export interface OpenFile {
  /** Stays the same file when another is renamed over it. */
  readonly file: number;
  readonly manifest: Manifest;
}

/** Opens a store; null where there is none, it is cut off, or another version wrote it: then it is built anew. */
export function openFile(path: string): OpenFile | null {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return null;
  }
  const manifest = manifestIn(file);
  if (manifest !== null) return { file, manifest };
  closeSync(file);
  return null;
}

function manifestIn(file: number): Manifest | null {
  try {
    const { size } = fstatSync(file);
    const tail = readExactly(file, size - TAIL, TAIL);
    if (new TextDecoder().decode(tail.subarray(4)) !== END) return null;
    const length = new DataView(tail.buffer).getUint32(0, true);
    const end = size - TAIL - length;
    if (end < 0) return null;
    const manifest = JSON.parse(new TextDecoder().decode(readExactly(file, end, length))) as Manifest;
    let next = 0;
    const areWhole = manifest.parts.every(({ n, at }) => {
      const isNext = at === next;
      next += partBytes(n, manifest.d);
      return isNext;
    });
    return manifest.version === VECTORS_VERSION && areWhole && next === end ? manifest : null;
  } catch {
    return null;
  }
}

/** @throws RangeError where the file ends before */
function readExactly(file: number, at: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const read = readSync(file, bytes, done, length - done, at + done);
    if (read <= 0) throw new RangeError(`expected ${length} bytes at ${at}, received ${done}; the file was cut off`);
    done += read;
  }
  return bytes;
}

export function writeAll(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done);
}

const CHUNK = 16 * 2 ** 20;

export function copyBytes(from: number, at: number, length: number, into: number, to: number): void {
  for (let done = 0; done < length; done += CHUNK)
    writeAll(into, readExactly(from, at + done, Math.min(CHUNK, length - done)), to + done);
}
