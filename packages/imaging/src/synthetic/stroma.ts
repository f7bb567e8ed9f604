/**
 * The ground everything lies on: pink fibres in benign tissue, grainy purple cytoplasm in tumour, and how thick the
 * section is at each pixel (bare glass beyond the edge of a piece).
 */
import { type Canvas, SIDE } from "./canvas.ts";
import { depthRow, maximum, minimum, type TileFields } from "./field.ts";
import { NOISE_SIDE, noiseTables } from "./noise.ts";
import type { Person } from "./person.ts";

const WRAP = NOISE_SIDE - 1;
const tissueRow = new Float32Array(SIDE);
const tumourRow = new Float32Array(SIDE);
const aggregateRow = new Float32Array(SIDE);

/** Further out than this no fringe of tissue reaches: three and a half deviations of the noise that frays its edge. */
export const OUTSIDE_MICRONS = 24;

/** Fills both planes of the canvas; `thickness` [SIDE, SIDE] becomes 0 on glass and 1 on tissue. All planes start as 0. */
export function paintGround(canvas: Canvas, thickness: Float32Array, fields: TileFields, person: Person): void {
  const tissueRowAt = rowReader(fields, fields.tissue, 40 * person.pixel);
  const tumourRowAt = rowReader(fields, fields.tumour, 40 * person.pixel);
  const aggregateRowAt = rowReader(fields, fields.aggregate, 40 * person.pixel);
  const { grain, cloud, fibre } = noiseTables();
  const { haematoxylin, eosin } = canvas;
  const edge = 3 * person.pixel;
  const fray = 2.2 * person.pixel;
  const wave = 4 * person.pixel;
  const outside = -OUTSIDE_MICRONS * person.pixel;
  const front = 6 * person.pixel;
  for (let j = 0; j < SIDE; j++) {
    const y = canvas.y + j;
    tissueRowAt(canvas.x, y, tissueRow);
    tumourRowAt(canvas.x, y, tumourRow);
    aggregateRowAt(canvas.x, y, aggregateRow);
    const ny = (y + person.noiseY) & WRAP;
    const slowY = ((y >> 2) + person.noiseX) & WRAP;
    for (let k = 0, i = j * SIDE; k < SIDE; k++, i++) {
      if ((tissueRow[k] as number) < outside) {
        thickness[i] = 0;
        continue;
      }
      const x = canvas.x + k;
      const nx = (x + person.noiseX) & WRAP;
      const at = (ny << 9) | nx;
      const soft = cloud[at] as number;
      const slow = cloud[(slowY << 9) | (((x >> 2) + person.noiseY) & WRAP)] as number;
      const body = ((tissueRow[k] as number) + fray * (soft + 1) + wave * slow) / edge;
      thickness[i] = body <= 0 ? 0 : body >= 1 ? 1 : body;
      if (body <= 0) continue;
      // Threads run along x where the slow clouds are high and along y where they are low.
      const along = slow <= -1 ? 0 : slow >= 1 ? 1 : (slow + 1) * 0.5;
      const thread = along * (fibre[at] as number) + (1 - along) * (fibre[(nx << 9) | ny] as number);
      const speck = grain[(((ny + 77) & WRAP) << 9) | nx] as number;
      let e = 0.235 + 0.05 * thread + 0.03 * slow;
      let h = 0.055 + 0.012 * thread + 0.01 * speck;
      const tumour = ((tumourRow[k] as number) + front * soft) / front + 0.5;
      if (tumour > 0) {
        const w = tumour >= 1 ? 1 : tumour;
        e += w * (0.17 + 0.03 * soft + 0.02 * speck - e);
        h += w * (0.12 + 0.035 * soft + 0.03 * speck - h);
      }
      if ((aggregateRow[k] as number) > 0) h += 0.05;
      eosin[i] = e > 0.03 ? e : 0.03;
      haematoxylin[i] = h > 0 ? h : 0;
    }
  }
}

/** Reads rows of a plane. Where it is beyond `deep` everywhere, in or out, its exact value does not matter. */
function rowReader(fields: TileFields, plane: Float64Array, deep: number) {
  const min = minimum(plane);
  const max = maximum(plane);
  if (min < deep && max > -deep) {
    return (x: number, y: number, out: Float32Array): void => depthRow(fields, plane, x, y, out);
  }
  return (_x: number, _y: number, out: Float32Array): void => {
    out.fill(min >= deep ? min : max);
  };
}
