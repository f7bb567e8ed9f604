/**
 * Red cells of a smear, also where they touch or lie over each other: middles by votes of the edges, an outline around each, and of
 * the outlines the surest first, as long as they do not lie for the most part on cells already taken. What is usual for this
 * picture is the median radius of its sure cells, so that a scale that is a little wrong does no harm. Lengths are micrometres.
 */
import { type Cell, placed } from "./cell.ts";
import { roundThings } from "./radial-votes.ts";
import { outlinesOn, type RoundOutline } from "./round-outline.ts";
import { boxAround, meanRadius, type Size, starMiddle, starPixels, starRing } from "./star-shape.ts";

/** What is known of each pixel of a smear, [height, width]. */
export interface RedCellPlanes {
  /** Density of green above that of the glass nearby. */
  readonly green: Uint8Array;
  /** 1 on red cells, their pale middles too. */
  readonly stained: Uint8Array;
  /** 1 on white cells. */
  readonly white: Uint8Array;
}

/** Scale that edges are looked for at: finer pictures are made smaller. */
const WORK_MPP = 0.25;
/** Radii of middles voted for, and what an outline may reach. */
const VOTED = [2.2, 5] as const;
const OUTLINED = [1.8, 6.2] as const;
const RADIUS_STEP = 0.25;
const USUAL_RADIUS = 3.6;
/** Radii in units of the usual. */
const LEAST_RADIUS = 0.7;
const MOST_RADIUS = 1.6;
/** Least edge in units of contrast; least share of a circle that votes. */
const MIN_EDGE = 0.06;
const MIN_SHARE = 0.09;
/** Least share of a cell that is stained, most of it that may be a white cell's, and least of its outline in the picture. */
const MIN_STAINED = 0.5;
const MAX_WHITE = 0.3;
const MIN_INSIDE = 0.55;
/** A cell scores SLOPE_WEIGHT x slope + share seen - ODD_SIZE x (log of radius over the usual) squared. */
const SLOPE_WEIGHT = 2;
const ODD_SIZE = 3;
const MIN_SCORE = 0.95;
/** Share of a cell that may lie on those already taken, and how near their middles may be in usual radii. */
const MAX_TAKEN = 0.4;
const APART = 0.7;

interface Candidate {
  readonly outline: RoundOutline;
  readonly pixels: Int32Array;
}

/** Cells in the picture's pixels, of which at least 55 % of the outline lies in the picture, the surest first. */
export function findRedCells(planes: RedCellPlanes, size: Size, mpp: number): Cell[] {
  const times = Math.max(1, Math.round(WORK_MPP / mpp));
  const work = { width: Math.floor(size.width / times), height: Math.floor(size.height / times) };
  const small = (plane: Uint8Array): Uint8Array => blockMeans(plane, size.width, work, times);
  const stained = small(planes.stained.map((v) => 255 * v)).map((v) => v >> 7);
  const white = small(planes.white.map((v) => 255 * v)).map((v) => v >> 7);
  const { plane, contrast } = edgePlane(small(planes.green), stained);
  const pixels = (microns: number): number => microns / (mpp * times);
  const candidates = outlinesOf(plane, work, contrast, pixels).filter((candidate) =>
    isRedCell(candidate, stained, white),
  );
  return surest(candidates, stained.length, pixels(USUAL_RADIUS)).map((c) =>
    placed(cellOf(c, work, mpp * times), times, 0, 0),
  );
}

/** Means of squares of pixels. */
function blockMeans(plane: Uint8Array, stride: number, { width, height }: Size, times: number): Uint8Array {
  if (times === 1) return plane;
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let v = y * times; v < (y + 1) * times; v++) {
        for (let u = x * times; u < (x + 1) * times; u++) sum += plane[v * stride + u] as number;
      }
      out[y * width + x] = sum / times ** 2 + 0.5;
    }
  }
  return out;
}

/** The root of density: the pale rim of a cell against glass is as steep as its dark ring, and one cell on another still shows. */
function edgePlane(green: Uint8Array, stained: Uint8Array): { readonly plane: Uint8Array; readonly contrast: number } {
  let [sum, n] = [0, 0];
  for (let i = 0; i < green.length; i++) {
    if (stained[i] === 0) continue;
    sum += green[i] as number;
    n++;
  }
  const usual = sum / Math.max(1, n);
  const root = Uint8Array.from({ length: 256 }, (_, v) => Math.min(255, 127.5 * Math.sqrt(v / usual)));
  return { plane: green.map((v) => root[v] as number), contrast: 127.5 };
}

/** Around each peak of the votes, drawn a second time from the middle of the first. */
function outlinesOf(plane: Uint8Array, size: Size, contrast: number, pixels: (um: number) => number): Candidate[] {
  const votes = { from: pixels(VOTED[0]), to: pixels(VOTED[1]), step: pixels(RADIUS_STEP) };
  const middles = roundThings(plane, size, { ...votes, minEdge: MIN_EDGE * contrast, minShare: MIN_SHARE });
  const draw = outlinesOn(plane, size, { from: pixels(OUTLINED[0]), to: pixels(OUTLINED[1]), contrast });
  return middles.map(({ centre, radius }) => {
    const first = draw(centre, radius);
    const outline = draw(starMiddle(first), meanRadius(first));
    return { outline, pixels: starPixels(outline, size) };
  });
}

function isRedCell({ outline, pixels }: Candidate, stained: Uint8Array, white: Uint8Array): boolean {
  return outline.inside >= MIN_INSIDE && shareOf(pixels, stained) >= MIN_STAINED && shareOf(pixels, white) <= MAX_WHITE;
}

function shareOf(pixels: Int32Array, mask: Uint8Array): number {
  let n = 0;
  for (const i of pixels) n += mask[i] as number;
  return n / Math.max(1, pixels.length);
}

function surest(candidates: readonly Candidate[], length: number, expected: number): Candidate[] {
  const usual = usualRadius(candidates, expected);
  const scored = candidates.flatMap((candidate) => {
    const { outline } = candidate;
    const relative = meanRadius(outline) / usual;
    const score = SLOPE_WEIGHT * outline.slope + outline.seen - ODD_SIZE * Math.log(relative) ** 2;
    const isCell = score >= MIN_SCORE && relative > LEAST_RADIUS && relative < MOST_RADIUS;
    return isCell ? [{ ...candidate, score }] : [];
  });
  scored.sort((a, b) => b.score - a.score);
  const taken = new Uint8Array(length);
  const out: Candidate[] = [];
  for (const { outline, pixels } of scored) {
    const { x, y } = outline.centre;
    const isNear = (c: Candidate): boolean =>
      Math.hypot(c.outline.centre.x - x, c.outline.centre.y - y) < APART * usual;
    if (shareOf(pixels, taken) > MAX_TAKEN || out.some(isNear)) continue;
    for (const i of pixels) taken[i] = 1;
    out.push({ outline, pixels });
  }
  return out;
}

/** Median radius of the cells that are seen nearly all around; what is expected where there are fewer than three. */
function usualRadius(candidates: readonly Candidate[], expected: number): number {
  const sure = candidates.filter(({ outline }) => outline.seen > 0.8 && outline.inside === 1);
  const radii = sure.map(({ pixels }) => Math.sqrt(pixels.length / Math.PI)).sort((a, b) => a - b);
  return radii.length < 3 ? expected : (radii[Math.floor(radii.length / 2)] as number);
}

/** A cell in work pixels. */
function cellOf({ outline, pixels }: Candidate, work: Size, mpp: number): Cell {
  const ring = starRing(outline, work);
  const box = boxAround(ring);
  const middleOfBox = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  return {
    kind: "red-cell",
    box,
    centre: outline.inside === 1 ? outline.centre : middleOfBox,
    areaMicrons2: pixels.length * mpp ** 2,
    outline: ring,
    isCut: box.x <= 0 || box.y <= 0 || box.x + box.width >= work.width || box.y + box.height >= work.height,
  };
}
