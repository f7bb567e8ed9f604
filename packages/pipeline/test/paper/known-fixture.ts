/** A run's knowledge and a table's, made from the report's fixture. */
import type { ClassCard, Known } from "../../src/paper/known.ts";
import { type FixtureOptions, fixture, TASK } from "../report/fixture.ts";

/** What is known of classes. */
export type ClassKnown = Known & { readonly card: ClassCard };

let usual: ClassKnown | null = null;

/** Everything known: what a run hands in. Without options it is made once in a process. */
export function runKnown(options?: FixtureOptions): ClassKnown {
  if (options !== undefined) return made(options);
  usual ??= made({});
  return usual;
}

function made(options: FixtureOptions): ClassKnown {
  const report = fixture({ pictures: false, ...options });
  const { internal, external, baselines } = report.scorecard;
  if (internal === null) throw new Error("expected an internal part in the fixture");
  return {
    title: report.title,
    card: { task: TASK, internal, external, baselines, audit: report.audit },
    report,
    facts: {
      seed: 7,
      versions: [
        ["nacre", "0.1.0"],
        ["onnxruntime", "1.24.1"],
      ],
      hashes: [
        ["cohort", "9f86d081884c7d65"],
        ["model/model.onnx", "60303ae22b998861"],
      ],
      fit: { epochs: 30, lr: 0.0002, classWeights: "balanced", standardise: true, maxTiles: null },
      aggregator: { hidden: 512 },
      chosenBy: ["tune-loss", "tune-loss"],
      missing: [
        { column: "egfr", missing: 1, rows: 64 },
        { column: "sex", missing: 0, rows: 64 },
      ],
    },
  };
}

/** Only predictions were judged. */
export function tableKnown(change: Partial<ClassCard> = {}): ClassKnown {
  const { internal, external } = runKnown().card;
  return {
    title: "their-model",
    card: { task: TASK, internal, external, file: "theirs.csv", ...change },
    report: null,
    facts: null,
  };
}
