/** Cells of one file: found, counted, written as GeoJSON and, where asked, as pictures of single cells. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Outcome, ok, type Rect } from "@nacre/core";
import { type Cell, type CellKind, cellsGeoJson, cropCell, findCells, findTissue, type Slide } from "@nacre/imaging";
import { openSlideFile, writePng } from "@nacre/imaging/node";
import { fillScale } from "./extract/survey-slide.ts";
import { nameOf } from "./files.ts";
import { guardDisk, writeWhole } from "./run/write-file.ts";

export interface CellFileOptions {
  readonly kind: "nuclei" | "blood";
  readonly fill: number | null;
  /** Level 0; null for the whole slide (nuclei: its tissue). */
  readonly region: Rect | null;
  readonly out: string | null;
  /** Side of a picture of one cell, pixels; null for none. */
  readonly crops: number | null;
  readonly signal: AbortSignal;
}

export interface CellSummary {
  readonly counts: Readonly<Partial<Record<CellKind, number>>>;
  /** Of each kind, square micrometres. */
  readonly medianAreaMicrons2: Readonly<Partial<Record<CellKind, number>>>;
  readonly written: string | null;
  /** Pictures of single cells. */
  readonly crops: number;
}

/** Failures of the reader and of findCells. @throws FailureError disk-full, no-permission */
export async function findCellsInFile(path: string, options: CellFileOptions): Promise<Outcome<CellSummary>> {
  const { kind, region, out, crops, signal } = options;
  const given = await fillScale(path, options.fill);
  const slide = await openSlideFile(path, given === null ? {} : { mpp: given });
  if (!slide.ok) return slide;
  try {
    const tissue = kind === "nuclei" && region === null ? await findTissue(slide.value, {}, signal) : null;
    if (tissue !== null && !tissue.ok) return tissue;
    const where = { ...(region === null ? {} : { region }), ...(tissue === null ? {} : { tissue: tissue.value }) };
    const cells = await findCells(slide.value, { kind, ...where }, signal);
    if (!cells.ok) return cells;
    const written = out === null ? null : join(out, `${nameOf(path)}.cells.geojson`);
    if (written !== null) writeWhole(written, `${JSON.stringify(cellsGeoJson(cells.value))}\n`);
    const pictures =
      out === null || crops === null
        ? ok(0)
        : await writeCrops(slide.value, cells.value, { folder: join(out, nameOf(path)), size: crops, signal });
    if (!pictures.ok) return pictures;
    return ok({ ...summary(cells.value), written, crops: pictures.value });
  } finally {
    slide.value.close();
  }
}

/** Every nucleus, or every white cell, that the border does not cut. */
async function writeCrops(
  slide: Slide,
  cells: readonly Cell[],
  { folder, size, signal }: { readonly folder: string; readonly size: number; readonly signal: AbortSignal },
): Promise<Outcome<number>> {
  guardDisk(folder, () => mkdirSync(folder, { recursive: true }));
  const wanted = cells.filter((c) => !c.isCut && (c.kind === "nucleus" || c.kind === "white-cell"));
  for (const [i, cell] of wanted.entries()) {
    const raster = await cropCell(slide, cell, { fit: "box", size }, signal);
    if (!raster.ok) return raster;
    await writePng(join(folder, `${cell.kind}-${String(i + 1).padStart(6, "0")}.png`), raster.value);
  }
  return ok(wanted.length);
}

function summary(cells: readonly Cell[]): Pick<CellSummary, "counts" | "medianAreaMicrons2"> {
  const areas: Partial<Record<CellKind, number[]>> = {};
  for (const { kind, areaMicrons2 } of cells) {
    const list = areas[kind] ?? [];
    list.push(areaMicrons2);
    areas[kind] = list;
  }
  const of = (value: (sorted: readonly number[]) => number): Partial<Record<CellKind, number>> =>
    Object.fromEntries(Object.entries(areas).map(([kind, list]) => [kind, value(list.sort((a, b) => a - b))]));
  return {
    counts: of((list) => list.length),
    medianAreaMicrons2: of((list) => Number((list[list.length >> 1] as number).toFixed(1))),
  };
}
