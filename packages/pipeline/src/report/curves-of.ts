/** All curve points of a run from the referee's samples: patients, not slides. */
import { prCurve, reliabilityBins, rocCurve, type Sample } from "@nacre/evaluation";
import type { CurvePoints, Curves } from "./report-data.ts";

/** Two classes give one entry, of the positive class; more give one a class against the rest. null where a part is absent. */
export function curvesOf(internal: Sample | null, external: Sample | null): Curves {
  const known = internal ?? external;
  if (known === null) return { classes: [], reliability: { internal: null, external: null } };
  const shown = known.k === 2 ? [known.positive] : known.classes.map((_, c) => c);
  return {
    classes: shown.map((c) => ({
      className: known.classes[c] as string,
      internal: pointsOf(internal, c),
      external: pointsOf(external, c),
    })),
    reliability: { internal: binsOf(internal), external: binsOf(external) },
  };
}

/** null where the part does not hold patients of the class and of another. */
function pointsOf(sample: Sample | null, c: number): CurvePoints | null {
  if (sample === null) return null;
  const roc = rocCurve(sample, c);
  if (roc.length === 0) return null;
  const positives = sample.labels.filter((label) => label === c).length;
  return { n: sample.n, positives, roc, pr: prCurve(sample, c) };
}

function binsOf(sample: Sample | null): Curves["reliability"]["internal"] {
  return sample === null || sample.n === 0 ? null : reliabilityBins(sample);
}
