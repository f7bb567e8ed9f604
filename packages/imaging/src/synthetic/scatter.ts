/**
 * Nuclei over a tile, cell by cell of a jittered grid: spindles along the fibres in stroma, crowds of small round ones
 * in aggregates, crowds of large irregular ones in tumour. A cell decides by what lies at its nucleus's own place.
 */
import { type Canvas, SIDE } from "./canvas.ts";
import { chance } from "./cell-chance.ts";
import { depthAt, type TileFields } from "./field.ts";
import { NOISE_SIDE, noiseTables } from "./noise.ts";
import { ANGLES, type NucleusStamp } from "./nucleus.ts";
import type { Person } from "./person.ts";
import { pressStamp } from "./stamp.ts";

/** Micrometres. Nuclei reach at most this far from their centres. */
const REACH = 10;
const STROMA_CELL = 15;
const AGGREGATE_CELL = 6.6;
const TUMOUR_CELL = 9.6;

/** Calls `visit` for the jittered point of every cell whose nucleus may touch the canvas. */
function eachCell(
  canvas: Canvas,
  key: number,
  cell: number,
  reach: number,
  visit: (x: number, y: number, cellX: number, cellY: number) => void,
): void {
  const first = (from: number): number => Math.floor((from - reach) / cell) - 1;
  const last = (from: number): number => Math.ceil((from + SIDE + reach) / cell) + 1;
  for (let cy = first(canvas.y); cy < last(canvas.y); cy++) {
    // Every other row is shifted by half a cell, so that no lattice shows.
    const shift = (cy & 1) * 0.5;
    for (let cx = first(canvas.x); cx < last(canvas.x); cx++) {
      const x = (cx + shift + 0.1 + 0.8 * chance(key, cx, cy, 0)) * cell;
      const y = (cy + 0.1 + 0.8 * chance(key, cx, cy, 1)) * cell;
      if (x < canvas.x - reach || y < canvas.y - reach) continue;
      if (x > canvas.x + SIDE + reach || y > canvas.y + SIDE + reach) continue;
      visit(Math.round(x), Math.round(y), cx, cy);
    }
  }
}

export function scatterStroma(canvas: Canvas, fields: TileFields, person: Person): void {
  const { cloud } = noiseTables();
  const key = person.key ^ 0x51ed270b;
  const mask = NOISE_SIDE - 1;
  eachCell(canvas, key, STROMA_CELL * person.pixel, REACH * person.pixel, (x, y, cx, cy) => {
    const slow = cloud[((((y >> 2) + person.noiseX) & mask) << 9) | (((x >> 2) + person.noiseY) & mask)] as number;
    if (chance(key, cx, cy, 2) > person.density * (0.36 + 0.08 * slow)) return;
    if (!isDeep(fields, x, y, 4 * person.pixel)) return;
    if (depthAt(fields, fields.tumour, x, y) > 0 || depthAt(fields, fields.fat, x, y) > 0) return;
    // Spindles lie along the threads of the ground: see paintGround.
    const along = slow > 0.9 * (2 * chance(key, cx, cy, 3) - 1) ? 0 : ANGLES / 2;
    const angle = (along + Math.round(3 * (chance(key, cx, cy, 4) + chance(key, cx, cy, 5) - 1)) + ANGLES) % ANGLES;
    pressStamp(canvas, variant(person.stromal, angle, chance(key, cx, cy, 6)), x, y);
  });
}

export function scatterAggregate(canvas: Canvas, fields: TileFields, person: Person): void {
  const key = person.key ^ 0x2545f491;
  eachCell(canvas, key, AGGREGATE_CELL * person.pixel, REACH * person.pixel, (x, y, cx, cy) => {
    const depth = depthAt(fields, fields.aggregate, x, y) / (40 * person.pixel);
    if (depth < -0.4 || chance(key, cx, cy, 2) > 0.9 * Math.min(1, depth + 0.4)) return;
    pressStamp(canvas, variant(person.lymphoid, any(chance(key, cx, cy, 3)), chance(key, cx, cy, 4)), x, y);
  });
}

export function scatterTumour(canvas: Canvas, fields: TileFields, person: Person): void {
  const key = person.key ^ 0x6c8e9cf5;
  const { cloud } = noiseTables();
  const mask = NOISE_SIDE - 1;
  eachCell(canvas, key, TUMOUR_CELL * person.pixel, REACH * person.pixel, (x, y, cx, cy) => {
    if (depthAt(fields, fields.tumour, x, y) < 0 || !isDeep(fields, x, y, 4 * person.pixel)) return;
    // Nests: crowded within, thin clearings between.
    const soft = cloud[(((y + person.noiseY) & mask) << 9) | ((x + person.noiseX) & mask)] as number;
    if (chance(key, cx, cy, 2) > (Math.abs(soft) < 0.12 ? 0.35 : 0.92)) return;
    pressStamp(canvas, variant(person.tumour, any(chance(key, cx, cy, 3)), chance(key, cx, cy, 4)), x, y);
  });
}

function isDeep(fields: TileFields, x: number, y: number, margin: number): boolean {
  return depthAt(fields, fields.tissue, x, y) > margin;
}

const any = (u: number): number => Math.floor(u * ANGLES);

/** The stamp of an angle, one of its variants. */
export function variant(stamps: readonly NucleusStamp[], angle: number, u: number): NucleusStamp {
  const variants = stamps.length / ANGLES;
  return stamps[Math.floor(u * variants) * ANGLES + angle] as NucleusStamp;
}
