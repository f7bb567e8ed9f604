/** Fat: round white vacuoles with a thin pink rim, packed side by side. */
import { type Canvas, covered, SIDE } from "./canvas.ts";
import { chance } from "./cell-chance.ts";
import { depthAt, maximum, type TileFields } from "./field.ts";
import type { Person } from "./person.ts";

/** Micrometres. */
const CELL = 58;
const REACH = 40;

/** Paints the vacuoles of fat that touch the canvas. */
export function paintFat(canvas: Canvas, fields: TileFields, person: Person): void {
  if (maximum(fields.fat) < -REACH * person.pixel) return;
  const key = person.key ^ 0x3c6ef372;
  const cell = CELL * person.pixel;
  const reach = REACH * person.pixel;
  for (let cy = Math.floor((canvas.y - reach) / cell); cy * cell < canvas.y + SIDE + reach; cy++) {
    for (let cx = Math.floor((canvas.x - reach) / cell); cx * cell < canvas.x + SIDE + reach; cx++) {
      const x = (cx + (cy & 1) * 0.5 + 0.5 + 0.3 * (chance(key, cx, cy, 0) - 0.5)) * cell;
      const y = (cy + 0.5 + 0.3 * (chance(key, cx, cy, 1) - 0.5)) * cell;
      const radius = (22 + 8 * chance(key, cx, cy, 2)) * person.pixel;
      // Beyond the lattice its last value stands in; a vacuole is decided by its own centre wherever it shows.
      if (depthAt(fields, fields.fat, x, y) > 0) paintVacuole(canvas, x, y, radius, person.pixel);
    }
  }
}

function paintVacuole(canvas: Canvas, x: number, y: number, radius: number, pixel: number): void {
  const [left, right, top, bottom] = covered(canvas, x, y, radius + pixel);
  for (let j = top; j < bottom; j++) {
    const dy = canvas.y + j - y;
    for (let k = left, i = j * SIDE + left; k < right; k++, i++) {
      const dx = canvas.x + k - x;
      const depth = (radius - Math.sqrt(dx * dx + dy * dy)) / (1.5 * pixel);
      if (depth <= 0) continue;
      const keep = depth >= 1 ? 0.02 : 1 - 0.98 * depth;
      canvas.eosin[i] = (canvas.eosin[i] as number) * keep;
      canvas.haematoxylin[i] = (canvas.haematoxylin[i] as number) * keep;
    }
  }
}
