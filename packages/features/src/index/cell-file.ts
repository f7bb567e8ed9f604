/**
 * Cells kept beside the vectors: which feature files were put into which cells, by their hashes, so that an archive that grows is not divided
 * anew each time. Layout: length of the header as uint32, header as JSON filled up to 4 bytes, centres float32, cells int32.
 */
import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Cells } from "./cell-centres.ts";
import type { VectorSearch } from "./search-vectors.ts";
import type { StoredVectors } from "./vector-store.ts";

interface Header {
  readonly version: number;
  readonly d: number;
  readonly centres: number;
  readonly parts: readonly (readonly [sha256: string, rows: number])[];
}

const VERSION = 1;

/**
 * Cells of an earlier opening for rows that begin at `starts`; -1 for rows of files that are new or changed. null where there are none,
 * or fewer than half of the rows are known: then new centres are due.
 */
export function readCells(path: string, { d, parts }: StoredVectors, starts: Int32Array): Cells | null {
  const kept = readKept(path);
  if (kept === null || kept.header.d !== d) return null;
  const at = new Map<string, number>();
  let next = 0;
  for (const [sha256, rows] of kept.header.parts) {
    at.set(`${sha256} ${rows}`, next);
    next += rows;
  }
  const cellOf = new Int32Array(starts.at(-1) as number).fill(-1);
  parts.forEach(({ sha256 }, part) => {
    const first = starts[part] as number;
    const rows = (starts[part + 1] as number) - first;
    const from = at.get(`${sha256} ${rows}`);
    if (from !== undefined) cellOf.set(kept.cellOf.subarray(from, from + rows), first);
  });
  const known = cellOf.reduce((sum, cell) => sum + (cell < 0 ? 0 : 1), 0);
  return 2 * known < cellOf.length ? null : { centres: kept.centres, cellOf };
}

function readKept(path: string): (Cells & { readonly header: Header }) | null {
  try {
    const { buffer, byteOffset, byteLength } = readFileSync(path);
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    const length = new DataView(bytes).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length))) as Header;
    const centres = new Float32Array(bytes, 4 + length, header.centres * header.d);
    const rows = header.parts.reduce((sum, [, own]) => sum + own, 0);
    const cellOf = new Int32Array(bytes, 4 + length + 4 * centres.length, rows);
    const isWhole = centres.every(Number.isFinite) && cellOf.every((cell) => cell >= 0 && cell < header.centres);
    return header.version === VERSION && isWhole ? { header, centres, cellOf } : null;
  } catch {
    return null;
  }
}

/** Keeps the cells of a search; nothing where all is compared. Written aside and renamed. */
export function writeCells(path: string, { d, parts }: StoredVectors, { tiles, starts }: VectorSearch): void {
  if (!("cells" in tiles)) return;
  const { centres, cellOf } = tiles.cells as Cells;
  const told: Header = {
    version: VERSION,
    d,
    centres: centres.length / d,
    parts: parts.map(({ sha256 }, part) => [sha256, (starts[part + 1] as number) - (starts[part] as number)]),
  };
  const text = JSON.stringify(told);
  const header = new TextEncoder().encode(text + " ".repeat((4 - (text.length % 4)) % 4));
  const bytes = new Uint8Array(4 + header.length + 4 * (centres.length + cellOf.length));
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  new Float32Array(bytes.buffer, 4 + header.length, centres.length).set(centres);
  new Int32Array(bytes.buffer, 4 + header.length + 4 * centres.length, cellOf.length).set(cellOf);
  const partial = `${path}.${randomUUID()}.partial`;
  writeFileSync(partial, bytes);
  renameSync(partial, path);
}
