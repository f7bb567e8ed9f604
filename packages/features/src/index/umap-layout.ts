/**
 * UMAP's layout of a graph of neighbours in the plane (McInnes, Healy and Melville 2018, arXiv:1802.03426, algorithms 2 to 5): each row's
 * distances become memberships through its own scale, memberships of two rows are joined as a fuzzy union, and stochastic gradient descent with
 * five negative samples an edge moves the points. Departures: the caller says where points start; random numbers are a xorshift of 32 bits; forces are
 * looked up by the squared distance, in steps of a 256th part of it, since powers would take most of the time.
 */
import type { NearRows } from "./near-rows.ts";

/** Curve 1 / (1 + a x^(2b)) fitted to the one that is 1 up to a distance of 0.1 and falls as exp(0.1 - x): least distance 0.1, spread 1. */
const A = 1.5769434603113077;
const B = 0.8950608778908213;
const NEGATIVES = 5;
const CLIP = 4;
const SWEEPS = 64;
const TOLERANCE = 1e-5;
const LEAST_SCALE = 1e-3;

export interface Edges {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Membership, 0 to 1. */
  readonly weight: Float32Array;
}

export interface LayOutOptions {
  readonly epochs: number;
  /** Seed of 32 bits, not zero. */
  readonly seed: number;
  /** Called between epochs; may throw to end it. */
  readonly rest?: (done: number, of: number) => Promise<void> | void;
}

/** The fuzzy graph of n rows and their k nearest, each edge in both directions. A row is its own first neighbour. */
export function fuzzyEdges({ rows, similarity }: Pick<NearRows, "rows" | "similarity">, k: number): Edges {
  const n = rows.length / k;
  const distances = similarity.map((cosine) => Math.max(0, 1 - cosine));
  const directed = memberships(distances, k);
  const from: number[] = [];
  const to: number[] = [];
  const weight: number[] = [];
  for (let i = 0; i < n; i++)
    for (let e = i * k + 1; e < (i + 1) * k; e++) {
      const j = rows[e] as number;
      const back = rows.subarray(j * k + 1, (j + 1) * k).indexOf(i);
      // The pair is seen twice where each is a neighbour of the other.
      if (back >= 0 && j < i) continue;
      const own = directed[e] as number;
      const other = back < 0 ? 0 : (directed[j * k + 1 + back] as number);
      const joined = own + other - own * other;
      from.push(i, j);
      to.push(j, i);
      weight.push(joined, joined);
    }
  return { from: Int32Array.from(from), to: Int32Array.from(to), weight: Float32Array.from(weight) };
}

/** exp(-(distance - least) / scale), with the scale at which a row's memberships add up to log2 k. */
function memberships(distances: Float32Array, k: number): Float64Array {
  const n = distances.length / k;
  const all = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  const found = new Float64Array(distances.length);
  for (let i = 0; i < n; i++) {
    const own = distances.subarray(i * k, (i + 1) * k);
    const least = own.find((distance) => distance > 0) ?? 0;
    const mean = least > 0 ? own.reduce((sum, distance) => sum + distance, 0) / k : all;
    const scale = Math.max(scaleOf(own, least, Math.log2(k)), LEAST_SCALE * mean) || 1;
    for (let e = 1; e < k; e++) found[i * k + e] = Math.exp(-Math.max(0, (own[e] as number) - least) / scale);
  }
  return found;
}

function scaleOf(distances: Float32Array, least: number, wanted: number): number {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let scale = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let sum = 0;
    for (let e = 1; e < distances.length; e++) sum += Math.exp(-Math.max(0, (distances[e] as number) - least) / scale);
    if (Math.abs(sum - wanted) < TOLERANCE) break;
    if (sum > wanted) high = scale;
    else low = scale;
    scale = high === Number.POSITIVE_INFINITY ? 2 * scale : (low + high) / 2;
  }
  return scale;
}

/** Moves points x, y [n] in place. */
export async function layOut(x: Float32Array, y: Float32Array, edges: Edges, options: LayOutOptions): Promise<void> {
  const { epochs, rest } = options;
  const most = edges.weight.reduce((top, weight) => Math.max(top, weight), 0);
  // An edge is sampled in proportion to its weight; what would not be sampled once is left out.
  const kept = edges.weight.map((weight) => (weight >= most / epochs ? most / weight : 0));
  const state = {
    every: kept,
    next: kept.slice(),
    nextNegative: kept.map((every) => every / NEGATIVES),
    chance: options.seed,
    forces: bothForces(),
  };
  for (let epoch = 0; epoch < epochs; epoch++) {
    step(x, y, edges, state, epoch, 1 - epoch / epochs);
    if (epoch % 5 === 4) await rest?.(epoch + 1, epochs);
  }
}

const BITS = new Uint32Array(1);
const VALUE = new Float32Array(BITS.buffer);
/** Bits of a float32 that are cut off: sign, exponent and 8 bits of the fraction remain. */
const CUT = 15;
export interface Forces {
  readonly pull: Float32Array;
  readonly push: Float32Array;
}

/** What pulls two neighbours together, and parts two others, for each squared distance, times their difference along an axis: tables for `forceAt`. */
export function bothForces(): Forces {
  return {
    pull: forces((off) => (-2 * A * B * off ** B) / (off * (A * off ** B + 1))),
    push: forces((off) => (2 * B) / ((0.001 + off) * (1 + A * off ** B))),
  };
}

function forces(of: (off: number) => number): Float32Array {
  return Float32Array.from({ length: 2 ** (31 - CUT) }, (_, i) => {
    BITS[0] = (i << CUT) + 2 ** (CUT - 1);
    const off = VALUE[0] as number;
    return off > 0 && Number.isFinite(off) ? of(off) : 0;
  });
}

/** Looks up what stands for a squared distance. */
export function forceAt(table: Float32Array, off: number): number {
  VALUE[0] = off;
  return table[(BITS[0] as number) >>> CUT] as number;
}

interface State {
  /** Epochs from one sample of an edge to the next; 0: never. */
  readonly every: Float32Array;
  readonly next: Float32Array;
  readonly nextNegative: Float32Array;
  chance: number;
  readonly forces: Forces;
}

function step(x: Float32Array, y: Float32Array, { from, to }: Edges, state: State, epoch: number, rate: number): void {
  const { every, next, nextNegative } = state;
  const { pull: pulls, push: pushes } = state.forces;
  const n = x.length;
  const perChance = n / 2 ** 32;
  let chance = state.chance;
  for (let e = 0; e < every.length; e++) {
    const own = every[e] as number;
    if (own === 0 || (next[e] as number) > epoch) continue;
    const i = from[e] as number;
    const j = to[e] as number;
    let xi = x[i] as number;
    let yi = y[i] as number;
    let dx = xi - (x[j] as number);
    let dy = yi - (y[j] as number);
    let off = dx * dx + dy * dy;
    if (off > 0) {
      const pull = forceAt(pulls, off);
      const mx = clipped(pull * dx) * rate;
      const my = clipped(pull * dy) * rate;
      xi += mx;
      yi += my;
      x[j] = (x[j] as number) - mx;
      y[j] = (y[j] as number) - my;
    }
    next[e] = (next[e] as number) + own;
    const perNegative = own / NEGATIVES;
    const negatives = Math.floor((epoch - (nextNegative[e] as number)) / perNegative);
    for (let s = 0; s < negatives; s++) {
      chance ^= chance << 13;
      chance ^= chance >>> 17;
      chance ^= chance << 5;
      const other = Math.floor((chance >>> 0) * perChance);
      if (other === i) continue;
      dx = xi - (x[other] as number);
      dy = yi - (y[other] as number);
      off = dx * dx + dy * dy;
      if (off === 0) continue;
      const push = forceAt(pushes, off);
      xi += clipped(push * dx) * rate;
      yi += clipped(push * dy) * rate;
    }
    nextNegative[e] = (nextNegative[e] as number) + negatives * perNegative;
    x[i] = xi;
    y[i] = yi;
  }
  state.chance = chance;
}

function clipped(value: number): number {
  return value > CLIP ? CLIP : value < -CLIP ? -CLIP : value;
}
