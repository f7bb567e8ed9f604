/**
 * The faces of a report as PDF, taken out of their web form once in a process: the library inflates the outlines anew for every letter,
 * which costs a second a report. Source: WOFF File Format 1.0 (W3C), sections 3 to 5; OpenType, table directory.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inflateSync } from "node:zlib";

const require = createRequire(import.meta.url);
const kept = new Map<number, Buffer>();

/** A face of DejaVu Sans as OpenType. @param weight 400 or 700 */
export function reportFace(weight: 400 | 700): Buffer {
  let face = kept.get(weight);
  if (face === undefined) {
    face = openTypeOf(
      readFileSync(require.resolve(`@fontsource/dejavu-sans/files/dejavu-sans-latin-${weight}-normal.woff`)),
    );
    kept.set(weight, face);
  }
  return face;
}

const WOFF = 0x774f4646;

/** @throws RangeError where it is no WOFF of version 1 */
function openTypeOf(woff: Buffer): Buffer {
  if (woff.length < 44 || woff.readUInt32BE(0) !== WOFF)
    throw new RangeError("expected a font as WOFF 1.0, received something else; install the packages of the lockfile");
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, i) => tableAt(woff, 44 + 20 * i));
  const head = Buffer.alloc(12 + 16 * count);
  const power = Math.floor(Math.log2(count));
  head.writeUInt32BE(woff.readUInt32BE(4), 0);
  head.writeUInt16BE(count, 4);
  head.writeUInt16BE(16 * 2 ** power, 6);
  head.writeUInt16BE(power, 8);
  head.writeUInt16BE(16 * (count - 2 ** power), 10);
  const parts: Buffer[] = [head];
  let at = head.length;
  for (const [i, { tag, sum, bytes }] of tables.entries()) {
    const entry = 12 + 16 * i;
    head.writeUInt32BE(tag, entry);
    head.writeUInt32BE(sum, entry + 4);
    head.writeUInt32BE(at, entry + 8);
    head.writeUInt32BE(bytes.length, entry + 12);
    const rim = Buffer.alloc((4 - (bytes.length % 4)) % 4);
    parts.push(bytes, rim);
    at += bytes.length + rim.length;
  }
  return Buffer.concat(parts);
}

interface FontTable {
  readonly tag: number;
  readonly sum: number;
  readonly bytes: Buffer;
}

function tableAt(woff: Buffer, entry: number): FontTable {
  const [tag, offset, stored, length, sum] = [0, 4, 8, 12, 16].map((at) => woff.readUInt32BE(entry + at)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const bytes = woff.subarray(offset, offset + stored);
  return { tag, sum, bytes: stored < length ? inflateSync(bytes) : bytes };
}
