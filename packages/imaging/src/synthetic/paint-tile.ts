/** One 256 px tile of a synthetic slide at level 0, or the news that it is bare glass. */
import { BORDER, type Canvas, createCanvas, SIDE, TILE } from "./canvas.ts";
import { paintFat } from "./fat.ts";
import { createFields, FRINGE, maximum, measureFields, minimum, SPACING } from "./field.ts";
import { paintGlands } from "./gland.ts";
import type { Person } from "./person.ts";
import { buildScanner, scan, scanGlass } from "./scan.ts";
import { scatterAggregate, scatterStroma, scatterTumour } from "./scatter.ts";
import type { SyntheticSlideSpec } from "./spec.ts";
import { drawStrokes, paintStroke, touches } from "./stroke.ts";
import { OUTSIDE_MICRONS, paintGround } from "./stroma.ts";

export interface TilePainter {
  /** Bare glass, [256, 256, 3]. */
  readonly glass: Uint8Array;
  /** Pixels [256, 256, 3] of the tile in column and row, valid until the next call; null where it is bare glass. */
  paint(column: number, row: number): Uint8Array | null;
}

export function createPainter(spec: SyntheticSlideSpec, person: Person): TilePainter {
  const scanner = buildScanner(spec);
  const strokes = drawStrokes(spec, person.anatomy, person.pixel);
  const glass = new Uint8Array(TILE * TILE * 3);
  scanGlass(scanner, glass);
  const rgb = new Uint8Array(glass.length);
  const planes = createCanvas();
  const lattice = createFields();
  const thickness = new Float32Array(SIDE * SIDE);

  const paintTissue = (x: number, y: number): boolean => {
    const fields = measureFields(lattice, person.anatomy, x, y);
    if (maximum(fields.tissue, FRINGE) < -OUTSIDE_MICRONS * person.pixel - SPACING) return false;
    const canvas: Canvas = { ...planes, x: x - BORDER, y: y - BORDER };
    canvas.haematoxylin.fill(0);
    canvas.eosin.fill(0);
    paintGround(canvas, thickness, fields, person);
    paintFat(canvas, fields, person);
    scatterStroma(canvas, fields, person);
    paintGlands(canvas, person);
    if (maximum(fields.aggregate) > -20 * person.pixel) scatterAggregate(canvas, fields, person);
    if (maximum(fields.tumour) > -20 * person.pixel) scatterTumour(canvas, fields, person);
    if (minimum(fields.tissue) < 40 * person.pixel) thin(canvas, thickness);
    scan(scanner, canvas, rgb, x / TILE, y / TILE);
    return true;
  };

  const paint = (column: number, row: number): Uint8Array | null => {
    const x = column * TILE;
    const y = row * TILE;
    const marks = strokes.filter((stroke) => touches(stroke, x, y));
    if (!paintTissue(x, y)) {
      if (marks.length === 0) return null;
      rgb.set(glass);
    }
    for (const stroke of marks) paintStroke(stroke, rgb, x, y);
    return rgb;
  };
  return { glass, paint };
}

/** Thins the section towards its edge. */
function thin(canvas: Canvas, thickness: Float32Array): void {
  const { haematoxylin, eosin } = canvas;
  for (let i = 0; i < thickness.length; i++) {
    const t = thickness[i] as number;
    if (t === 1) continue;
    haematoxylin[i] = (haematoxylin[i] as number) * t;
    eosin[i] = (eosin[i] as number) * t;
  }
}
