/**
 * Seeded chance. A stream is named by a seed and a path of labels, so that adding a consumer never moves the
 * numbers of another. Generator: xoshiro128** 1.1 (Blackman and Vigna 2021, public domain), seeded through
 * FNV-1a and splitmix32. Good for simulation and resampling, not for secrets.
 */

export interface Random {
  /** 32 random bits as an unsigned integer. */
  bits(): number;
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** Integer in [0, n), without bias. */
  below(n: number): number;
  /** The same items in random order; the input is left alone. */
  shuffled<T>(items: readonly T[]): T[];
}

/** @example randomStream(7, "split", "fold", 0).uniform() */
export function randomStream(seed: number, ...path: readonly (string | number)[]): Random {
  let h = fnv1a(`${seed}/${path.join("/")}`);
  const next = (): number => {
    h = (h + 0x9e3779b9) | 0;
    let z = h;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return xoshiro(next(), next(), next(), next() | 1);
}

function xoshiro(s0: number, s1: number, s2: number, s3: number): Random {
  let a = s0 | 0;
  let b = s1 | 0;
  let c = s2 | 0;
  let d = s3 | 0;
  let spare = Number.NaN;
  const bits = (): number => {
    const r = Math.imul(rotl(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl(d, 11);
    return r;
  };
  const uniform = (): number => bits() / 4294967296;
  const below = (n: number): number => {
    if (!(n >= 1 && n <= 4294967296)) throw new RangeError(`expected 1 to 2^32 choices, received ${n}`);
    const limit = 4294967296 - (4294967296 % n);
    for (;;) {
      const r = bits();
      if (r < limit) return r % n;
    }
  };
  return {
    bits,
    uniform,
    below,
    normal() {
      if (!Number.isNaN(spare)) {
        const value = spare;
        spare = Number.NaN;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffled<T>(items: readonly T[]): T[] {
      const out = [...items];
      for (let i = out.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const t = out[i] as T;
        out[i] = out[j] as T;
        out[j] = t;
      }
      return out;
    },
  };
}

function rotl(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

function fnv1a(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}
