/**
 * AUROC and its DeLong variance where many patients share few scores: the same numbers as `delong`, from the counts at
 * each score, so that a table of 100,000 rows needs no sort of rows.
 */

/** One score and the patients who have it. */
export interface ScoreGroup {
  readonly score: number;
  readonly positives: number;
  readonly negatives: number;
}

/** null without both classes; `variance` null with fewer than two patients of a class. Groups of equal score are one tie. */
export function groupedAuroc(groups: readonly ScoreGroup[]): { auroc: number; variance: number | null } | null {
  const sorted = merged(groups);
  const m = sorted.reduce((sum, g) => sum + g.positives, 0);
  const n = sorted.reduce((sum, g) => sum + g.negatives, 0);
  if (m === 0 || n === 0) return null;
  // Placement of a positive: share of negatives below, ties half. Of a negative: share of positives above, ties half.
  let below = 0;
  let under = 0;
  let auroc = 0;
  const placed = sorted.map((g) => {
    const ofPositive = (below + g.negatives / 2) / n;
    const ofNegative = 1 - (under + g.positives / 2) / m;
    below += g.negatives;
    under += g.positives;
    auroc += (g.positives * ofPositive) / m;
    return { ...g, ofPositive, ofNegative };
  });
  if (m < 2 || n < 2) return { auroc, variance: null };
  let yes = 0;
  let no = 0;
  for (const g of placed) {
    yes += g.positives * (g.ofPositive - auroc) ** 2;
    no += g.negatives * (g.ofNegative - auroc) ** 2;
  }
  return { auroc, variance: yes / ((m - 1) * m) + no / ((n - 1) * n) };
}

function merged(groups: readonly ScoreGroup[]): ScoreGroup[] {
  const out: ScoreGroup[] = [];
  for (const g of [...groups].sort((a, b) => a.score - b.score)) {
    const last = out.at(-1);
    if (last === undefined || last.score !== g.score) out.push(g);
    else {
      const positives = last.positives + g.positives;
      out[out.length - 1] = { score: g.score, positives, negatives: last.negatives + g.negatives };
    }
  }
  return out;
}
