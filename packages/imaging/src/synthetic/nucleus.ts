/**
 * Nuclei as rubber stamps: a few dozen of each kind are drawn for a slide and pressed wherever one is needed.
 * Kinds differ in size, outline, crowding and chromatin, not in hue: that is what a model has to learn.
 */
import type { Random } from "@nacre/core";

/** Interleaved cover (0..1) and haematoxylin times cover, [side, side, 2]; the nucleus lies in the middle. */
export interface NucleusStamp {
  readonly side: number;
  readonly ink: Float32Array;
}

export interface NucleusKind {
  /** Mean long diameter, micrometres, and its coefficient of variation. */
  readonly length: number;
  readonly spread: number;
  /** Short over long diameter, from and to. */
  readonly slenderness: readonly [number, number];
  /** Departure of the outline from an ellipse. */
  readonly roughness: number;
  /** Haematoxylin from and to; between nuclei. */
  readonly dye: readonly [number, number];
  /** Contrast of chromatin inside a nucleus. */
  readonly chromatin: number;
  /** Share of nuclei with a dark nucleolus. */
  readonly nucleoli: number;
}

export const STROMAL: NucleusKind = {
  length: 9,
  spread: 0.18,
  slenderness: [0.28, 0.45],
  roughness: 0.08,
  dye: [0.75, 1.05],
  chromatin: 0.1,
  nucleoli: 0,
};

export const EPITHELIAL: NucleusKind = {
  length: 7.4,
  spread: 0.1,
  slenderness: [0.62, 0.8],
  roughness: 0.06,
  dye: [0.7, 0.95],
  chromatin: 0.14,
  nucleoli: 0.1,
};

export const LYMPHOID: NucleusKind = {
  length: 5.8,
  spread: 0.09,
  slenderness: [0.88, 1],
  roughness: 0.05,
  dye: [0.95, 1.2],
  chromatin: 0.08,
  nucleoli: 0,
};

export const TUMOUR: NucleusKind = {
  length: 10.4,
  spread: 0.24,
  slenderness: [0.58, 0.95],
  roughness: 0.26,
  dye: [0.48, 0.88],
  chromatin: 0.34,
  nucleoli: 0.6,
};

export const ANGLES = 16;
const VARIANTS = 5;

/** Stamps [ANGLES * VARIANTS]: index % ANGLES is the angle of the long axis in steps of 180 / ANGLES degrees. */
export function nucleusStamps(kind: NucleusKind, pixel: number, sizeFactor: number, random: Random): NucleusStamp[] {
  return Array.from({ length: ANGLES * VARIANTS }, (_, i) => {
    const angle = ((i % ANGLES) * Math.PI) / ANGLES;
    const length = kind.length * sizeFactor * (1 + kind.spread * Math.min(2, Math.max(-1.6, random.normal())));
    return drawNucleus(kind, (length * pixel) / 2, angle, random);
  });
}

function drawNucleus(kind: NucleusKind, halfLength: number, angle: number, random: Random): NucleusStamp {
  const [thin, thick] = kind.slenderness;
  const halfWidth = halfLength * (thin + (thick - thin) * random.uniform());
  const [pale, dark] = kind.dye;
  const dye = pale + (dark - pale) * random.uniform();
  const half = Math.ceil(halfLength * (1 + kind.roughness) + 2);
  const side = 2 * half + 1;
  const ink = new Float32Array(side * side * 2);
  const lobes = [2, 3, 4].map((k) => ({
    k,
    size: (kind.roughness * random.normal()) / k,
    phase: 2 * Math.PI * random.uniform(),
  }));
  const spots = chromatinSpots(kind, halfLength, halfWidth, random);
  for (let y = -half, i = 0; y <= half; y++) {
    for (let x = -half; x <= half; x++, i += 2) {
      const u = (x * Math.cos(angle) + y * Math.sin(angle)) / halfLength;
      const v = (y * Math.cos(angle) - x * Math.sin(angle)) / halfWidth;
      if (u * u + v * v > 2.5) continue;
      const theta = Math.atan2(v, u);
      const edge = lobes.reduce((r, lobe) => r + lobe.size * Math.cos(lobe.k * theta + lobe.phase), 1);
      const depth = (edge - Math.hypot(u, v)) * halfWidth;
      if (depth <= -0.5) continue;
      const cover = Math.min(1, depth + 0.5);
      // The nuclear membrane is a little darker than what it encloses.
      const membrane = kind.chromatin * Math.exp(-Math.max(0, depth) / (0.12 * halfLength + 0.4));
      const shade = spots.reduce((sum, p) => sum + p.dye * Math.exp(-((u - p.u) ** 2 + (v - p.v) ** 2) / p.size), 0);
      ink[i] = cover * 0.94;
      ink[i + 1] = cover * 0.94 * dye * Math.max(0.3, 1 + membrane + shade);
    }
  }
  return { side, ink };
}

/** Clumps and clearings of chromatin, and nucleoli, in the nucleus's own unit circle. */
function chromatinSpots(kind: NucleusKind, halfLength: number, halfWidth: number, random: Random) {
  const count = Math.round(3 + (5 * halfWidth) / halfLength);
  const spots = Array.from({ length: count }, () => ({
    u: 1.4 * (random.uniform() - 0.5),
    v: 1.4 * (random.uniform() - 0.5),
    size: 0.06 + 0.12 * random.uniform(),
    dye: kind.chromatin * 1.6 * (random.uniform() - 0.6),
  }));
  if (random.uniform() < kind.nucleoli) {
    spots.push({ u: 0.7 * (random.uniform() - 0.5), v: 0.7 * (random.uniform() - 0.5), size: 0.035, dye: 0.55 });
  }
  return spots;
}
