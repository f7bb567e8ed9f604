/** How found boxes agree with known ones. */

/** Intersection over union. */
export function overlap(a, b) {
  const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return w <= 0 || h <= 0 ? 0 : (w * h) / (a.width * a.height + b.width * b.height - w * h);
}

/** Known boxes that a found one overlaps by at least `least`, the best pairs first; each box is used once. */
export function matches(known, found, least) {
  const pairs = known.flatMap((a, i) => found.map((b, j) => ({ i, j, share: overlap(a, b) })));
  pairs.sort((a, b) => b.share - a.share);
  const [usedKnown, usedFound] = [new Set(), new Set()];
  for (const { i, j, share } of pairs) {
    if (share < least || usedKnown.has(i) || usedFound.has(j)) continue;
    usedKnown.add(i);
    usedFound.add(j);
  }
  return usedKnown.size;
}
