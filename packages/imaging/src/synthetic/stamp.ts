/** Presses a nucleus into the canvas: haematoxylin replaces what lies there, eosin is displaced. */
import { type Canvas, SIDE } from "./canvas.ts";
import type { NucleusStamp } from "./nucleus.ts";

/** x, y: centre at level 0, whole pixels. What falls outside the canvas is left out. */
export function pressStamp(canvas: Canvas, stamp: NucleusStamp, x: number, y: number): void {
  const { side, ink } = stamp;
  const half = (side - 1) >> 1;
  const left = x - half - canvas.x;
  const top = y - half - canvas.y;
  const from = left < 0 ? -left : 0;
  const to = left + side > SIDE ? SIDE - left : side;
  const firstRow = top < 0 ? -top : 0;
  const lastRow = top + side > SIDE ? SIDE - top : side;
  const { haematoxylin, eosin } = canvas;
  for (let row = firstRow; row < lastRow; row++) {
    let i = (top + row) * SIDE + left + from;
    let p = 2 * (row * side + from);
    for (let k = from; k < to; k++, i++, p += 2) {
      const cover = ink[p] as number;
      if (cover === 0) continue;
      haematoxylin[i] = (haematoxylin[i] as number) * (1 - cover) + (ink[p + 1] as number);
      eosin[i] = (eosin[i] as number) * (1 - 0.55 * cover);
    }
  }
}
