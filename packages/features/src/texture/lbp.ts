/**
 * Rotation-invariant uniform local binary patterns (riu2) on the hematoxylin density. Source: Ojala, Pietikäinen and Mäenpää
 * 2002, IEEE TPAMI 24:971, equations 8 to 11, with P = 8 and R = 1 and 2 pixels of the tile; neighbours off the grid are
 * interpolated bilinearly. Departures: only centres on every second row and column count (a quarter of the work, the same
 * distribution), and a neighbour that is lower by less than 1e-5 counts as not lower, so that rounding does not decide in flat areas.
 */
import { featuresOf, type TextureFamily } from "./family.ts";

const RADII = [1, 2] as const;
const TIE = 1e-5;

/** riu2 code of an 8-bit pattern: the number of ones when there are at most two changes round the circle, else 9. */
export const RIU2 = Uint8Array.from({ length: 256 }, (_, pattern) => {
  let ones = 0;
  let changes = 0;
  for (let bit = 0; bit < 8; bit++) {
    const here = (pattern >> bit) & 1;
    ones += here;
    if (here !== ((pattern >> ((bit + 1) & 7)) & 1)) changes++;
  }
  return changes <= 2 ? ones : 9;
});

export function lbpFamily(): TextureFamily {
  const counts = new Float64Array(10);
  const names = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "mixed"];
  return {
    features: RADII.flatMap((radius) => featuresOf(`lbp${radius}`, names, true)),
    measure({ fine, size }, out, at) {
      for (const radius of RADII) {
        countPatterns(fine, size, radius, counts);
        let total = 0;
        for (let i = 0; i < 10; i++) total += counts[i] as number;
        const base = at + (radius - 1) * 10;
        for (let i = 0; i < 10; i++) out[base + i] = (counts[i] as number) / total;
      }
    },
  };
}

/** Counts of the ten codes over the lattice of centres, into `counts`. `plane` is [size, size]. */
export function countPatterns(plane: Float32Array, size: number, radius: 1 | 2, counts: Float64Array): void {
  counts.fill(0);
  // A diagonal neighbour lies d pixels away on both axes, between pixel k and k + 1: weight 1 - f on k and f on k + 1.
  const d = radius * Math.SQRT1_2;
  const k = Math.floor(d);
  const f = d - k;
  const near = (1 - f) * (1 - f);
  const side = f * (1 - f);
  const far = f * f;
  const down = size * radius;
  const k0 = k * size;
  const k1 = k0 + size;
  for (let y = radius; y < size - radius; y += 2) {
    for (let x = radius; x < size - radius; x += 2) {
      const i = y * size + x;
      const c = (plane[i] as number) - TIE;
      const a = i - k0;
      const b = i - k1;
      const g = i + k0;
      const h = i + k1;
      const k2 = k + 1;
      const upRight =
        near * (plane[a + k] as number) +
        side * ((plane[a + k2] as number) + (plane[b + k] as number)) +
        far * (plane[b + k2] as number);
      const upLeft =
        near * (plane[a - k] as number) +
        side * ((plane[a - k2] as number) + (plane[b - k] as number)) +
        far * (plane[b - k2] as number);
      const downLeft =
        near * (plane[g - k] as number) +
        side * ((plane[g - k2] as number) + (plane[h - k] as number)) +
        far * (plane[h - k2] as number);
      const downRight =
        near * (plane[g + k] as number) +
        side * ((plane[g + k2] as number) + (plane[h + k] as number)) +
        far * (plane[h + k2] as number);
      const pattern =
        Number((plane[i + radius] as number) >= c) |
        (Number(upRight >= c) << 1) |
        (Number((plane[i - down] as number) >= c) << 2) |
        (Number(upLeft >= c) << 3) |
        (Number((plane[i - radius] as number) >= c) << 4) |
        (Number(downLeft >= c) << 5) |
        (Number((plane[i + down] as number) >= c) << 6) |
        (Number(downRight >= c) << 7);
      const code = RIU2[pattern] as number;
      counts[code] = (counts[code] as number) + 1;
    }
  }
}
