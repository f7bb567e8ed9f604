/** The two dyes of one tile while it is painted: concentrations, with a border of one pixel for the scanner's blur. */

export const TILE = 256;
/** Pixels beyond each edge of the tile. */
export const BORDER = 1;
export const SIDE = TILE + 2 * BORDER;

export interface Canvas {
  /** Level-0 place of the first pixel of the planes, border included. */
  readonly x: number;
  readonly y: number;
  /** [SIDE, SIDE] each. */
  readonly haematoxylin: Float32Array;
  readonly eosin: Float32Array;
}

export function createCanvas(): Canvas {
  return { x: 0, y: 0, haematoxylin: new Float32Array(SIDE * SIDE), eosin: new Float32Array(SIDE * SIDE) };
}

/** The pixels of the canvas that a square around a level-0 point covers: [left, right, top, bottom), canvas frame. */
export function covered(canvas: Canvas, x: number, y: number, half: number): [number, number, number, number] {
  const clamp = (v: number): number => Math.min(SIDE, Math.max(0, v));
  return [
    clamp(Math.ceil(x - half) - canvas.x),
    clamp(Math.floor(x + half) + 1 - canvas.x),
    clamp(Math.ceil(y - half) - canvas.y),
    clamp(Math.floor(y + half) + 1 - canvas.y),
  ];
}
