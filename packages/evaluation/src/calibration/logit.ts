/**
 * Probabilities as logits, with one place for the question what 0 and 1 become. A fit takes its clip from the tune part: 1e-7
 * (the resolution of the float32 numbers models give), or half as far as the most extreme other probability if that is closer,
 * so that on the tune part nothing but exact zeros and ones moves. The clip is stored and used unchanged on other parts, where
 * a more extreme probability is moved to it: the map stays rising and no patient's result depends on the others.
 */

const FLOAT32 = 1e-7;

/** Distance from 0 and 1 at which a probability of exactly 0 or 1 is placed. */
export function clipOf(probabilities: ArrayLike<number>): number {
  let nearest = 2 * FLOAT32;
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i] as number;
    if (p > 0 && p < 1) nearest = Math.min(nearest, p, 1 - p);
  }
  return nearest / 2;
}

/** log(p / (1 - p)) of p held between clip and 1 - clip. The two ends are each other's negative, exactly. */
export function clippedLogit(p: number, clip: number): number {
  const end = Math.log1p(-clip) - Math.log(clip);
  return p <= clip ? -end : p >= 1 - clip ? end : Math.log(p) - Math.log1p(-p);
}

/** 1 / (1 + exp(-x)) without overflow. */
export function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}
