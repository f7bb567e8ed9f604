/** Glands of benign tissue: a lumen, pale columnar cells around it, and their nuclei in a row at the base. */
import { type Canvas, covered, SIDE } from "./canvas.ts";
import { chance } from "./cell-chance.ts";
import { deepest } from "./field.ts";
import { NOISE_SIDE, noiseTables } from "./noise.ts";
import { ANGLES } from "./nucleus.ts";
import type { Person } from "./person.ts";
import { variant } from "./scatter.ts";
import { pressStamp } from "./stamp.ts";

interface Gland {
  readonly x: number;
  readonly y: number;
  /** Base of the epithelium and border of the lumen, pixels. */
  readonly radius: number;
  readonly lumen: number;
  readonly cellX: number;
  readonly cellY: number;
}

/** Micrometres: side of the grid cell that may hold one gland, largest gland, height of its cells, sway of its row. */
const CELL = 150;
const LARGEST = 64;
const HEIGHT = 19;
const SWAY = 70;

/** Paints every gland that touches the canvas. */
export function paintGlands(canvas: Canvas, person: Person): void {
  const cell = CELL * person.pixel;
  const reach = (LARGEST + 20) * person.pixel;
  const tall = reach + SWAY * person.pixel;
  for (let cy = Math.floor((canvas.y - tall) / cell); cy * cell < canvas.y + SIDE + tall; cy++) {
    const left = canvas.x - rowShift(person, cy) * cell;
    for (let cx = Math.floor((left - reach) / cell); cx * cell < left + SIDE + reach; cx++) {
      const gland = glandAt(person, cx, cy);
      if (gland === null) continue;
      paintEpithelium(canvas, gland, person);
      paintNuclei(canvas, gland, person);
    }
  }
}

/** Rows are shifted against each other and sway together, so that no lattice shows; neither brings glands closer. */
const rowShift = (person: Person, cellY: number): number => chance(person.key ^ 0x1b873593, cellY, 7, 11);

/** Share of the places around here that hold a gland: glands lie in lobules. */
function glandShare(person: Person, x: number, y: number): number {
  const at = (((y >> 4) & (NOISE_SIDE - 1)) << 9) | ((x >> 4) & (NOISE_SIDE - 1));
  return person.glands * Math.min(1, Math.max(0, 0.9 + 0.6 * (noiseTables().cloud[at] as number)));
}

function glandAt(person: Person, cellX: number, cellY: number): Gland | null {
  const key = person.key ^ 0x1b873593;
  const { pixel, anatomy } = person;
  const cell = CELL * pixel;
  const radius = (34 + (LARGEST - 34) * chance(key, cellX, cellY, 1)) * pixel;
  const slack = 0.5 - (radius + 6 * pixel) / (CELL * pixel);
  const x = (cellX + rowShift(person, cellY) + 0.5 + 2 * slack * (chance(key, cellX, cellY, 2) - 0.5)) * cell;
  const sway = SWAY * pixel * Math.sin((2 * Math.PI * x) / (1100 * pixel) + person.key);
  const y = (cellY + 0.5 + 2 * slack * (chance(key, cellX, cellY, 3) - 0.5)) * cell + sway;
  if (chance(key, cellX, cellY, 0) > glandShare(person, x, y)) return null;
  const room = radius + 12 * pixel;
  if (Math.min(deepest(anatomy.pieces, x, y), -deepest(anatomy.tears, x, y)) < room) return null;
  const others = [anatomy.tumours, anatomy.fat, anatomy.aggregates];
  if (others.some((outlines) => deepest(outlines, x, y) > -room)) return null;
  const lumen = Math.max(6 * pixel, radius - (HEIGHT + 5 * chance(key, cellX, cellY, 4)) * pixel);
  return { x, y, radius, lumen, cellX, cellY };
}

/** How far the wall of a gland is pushed out at a level-0 point, pixels. */
function push(person: Person, x: number, y: number): number {
  const mask = NOISE_SIDE - 1;
  const at = (((y + person.noiseY) & mask) << 9) | ((x + person.noiseX + 200) & mask);
  return 3.2 * person.pixel * (noiseTables().cloud[at] as number);
}

function paintEpithelium(canvas: Canvas, gland: Gland, person: Person): void {
  const { pixel } = person;
  const [left, right, top, bottom] = covered(canvas, gland.x, gland.y, gland.radius + 10 * pixel);
  const { grain } = noiseTables();
  const soften = 1.2 * pixel;
  for (let j = top; j < bottom; j++) {
    const dy = canvas.y + j - gland.y;
    for (let k = left, i = j * SIDE + left; k < right; k++, i++) {
      const dx = canvas.x + k - gland.x;
      const distance = Math.sqrt(dx * dx + dy * dy);
      if (distance > gland.radius + 10 * pixel) continue;
      const d = distance - push(person, canvas.x + k, canvas.y + j);
      const inside = (gland.radius - d) / soften;
      if (inside < -2) continue;
      if (inside < 0) {
        // basement membrane
        canvas.eosin[i] = (canvas.eosin[i] as number) + 0.06;
        continue;
      }
      const w = inside >= 1 ? 1 : inside;
      const open = (gland.lumen - d) / soften;
      const apical = Math.min(1, Math.max(0, (gland.radius - d) / (gland.radius - gland.lumen)));
      const speck = 0.02 * (grain[(i * 7) & (NOISE_SIDE * NOISE_SIDE - 1)] as number);
      const e = open > 0 ? Math.max(0.012, 0.17 - 0.158 * Math.min(1, open)) : 0.15 + 0.05 * apical + speck;
      const h = open > 0 ? Math.max(0.004, 0.08 - 0.076 * Math.min(1, open)) : 0.15 - 0.09 * apical + speck;
      canvas.eosin[i] = (canvas.eosin[i] as number) * (1 - w) + w * e;
      canvas.haematoxylin[i] = (canvas.haematoxylin[i] as number) * (1 - w) + w * h;
    }
  }
}

function paintNuclei(canvas: Canvas, gland: Gland, person: Person): void {
  const key = person.key ^ 0x7feb352d ^ Math.imul(gland.cellX, 0x9e3779b1) ^ Math.imul(gland.cellY, 0x85ebca77);
  const { pixel } = person;
  const ring = gland.radius - 6.2 * pixel;
  const count = Math.floor((2 * Math.PI * ring) / (6.3 * pixel));
  for (let n = 0; n < count; n++) {
    const angle = (2 * Math.PI * (n + 0.6 * (chance(key, n, 0, 0) - 0.5))) / count;
    const around = { x: gland.x + ring * Math.cos(angle), y: gland.y + ring * Math.sin(angle) };
    const out =
      ring + push(person, Math.round(around.x), Math.round(around.y)) + 2.4 * pixel * (chance(key, n, 0, 1) - 0.5);
    const x = Math.round(gland.x + out * Math.cos(angle));
    const y = Math.round(gland.y + out * Math.sin(angle));
    const step = ((Math.round((angle / Math.PI) * ANGLES) % ANGLES) + ANGLES) % ANGLES;
    pressStamp(canvas, variant(person.epithelial, step, chance(key, n, 0, 2)), x, y);
  }
}
