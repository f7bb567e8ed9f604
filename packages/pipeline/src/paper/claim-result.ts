/** The entries of CLAIM on evaluation and results. */
import { author, type ChecklistItem, part, section, whole } from "./checklist.ts";
import * as beyond from "./fact/beyond-fact.ts";
import * as data from "./fact/data-fact.ts";
import { joined } from "./fact/joined.ts";
import * as score from "./fact/score-fact.ts";
import type { Known } from "./known.ts";
import { judgedParts } from "./reading/reading.ts";
import { readingsOf } from "./reading/readings.ts";

/** CLAIM 28 to 34. */
export function evaluation(known: Known): ChecklistItem[] {
  const { card, report } = known;
  const hasExternal = readingsOf(card).some((r) => r.external !== null);
  const robust = joined(score.baselineFact(known), score.clusterFact(known));
  const outside = score.externalFact(known) ?? (report === null ? null : "There is no external part.");
  return section("Methods: evaluation", [
    ["28", "measures", whole(score.measureFact(known), "scorecard.json", "the measures of performance")],
    [
      "29",
      "uncertainty and significance",
      whole(score.measureFact(known), "scorecard.json", "how uncertainty was measured"),
    ],
    [
      "30",
      "robustness or sensitivity",
      part(robust, "scorecard.json", "how results change with assumptions, scanners or stains"),
    ],
    [
      "31",
      "explanation",
      part(score.explanationFact(known), "report.html", "how explanations were validated, if they are used"),
    ],
    ["32", "internal evaluation", whole(score.internalFact(known), "scorecard.json", "testing on internal data")],
    [
      "33",
      "external testing",
      hasExternal
        ? whole(outside, "scorecard.json", "")
        : part(outside, "scorecard.json", "why there is no external test"),
    ],
    ["34", "trial registration", author("registration, if this is a trial")],
  ]);
}

/** CLAIM 35 to 39. */
export function results(known: Known): ChecklistItem[] {
  return [
    ...section("Results: data", [
      [
        "35",
        "included and excluded",
        whole(data.flowFact(known), "slides.csv", "how many were included and left out, and why"),
      ],
      [
        "36",
        "demographic and clinical characteristics",
        part(
          data.characteristicFact(known),
          "report.html",
          "age, sex, stage and what else describes the patients of each part",
        ),
      ],
    ]),
    ...section("Results: performance", [
      [
        "37",
        "performance and uncertainty",
        whole(
          joined(
            score.performanceFact(known),
            beyond.ordinalFact(known),
            beyond.remarkFact(known),
            score.calibrationFact(known),
            beyond.recalibrationFact(known),
            score.subgroupFact(known),
          ),
          "scorecard.json",
          "performance with uncertainty",
        ),
      ],
      [
        "38",
        "diagnostic performance",
        whole(
          joined(score.confusionFact(known), beyond.moreFact(known), beyond.triageFact(known)),
          "scorecard.json",
          "sensitivity, specificity and their precision",
        ),
      ],
      ["39", "failure analysis", part(score.failureFact(known), "predictions.csv", wrongText(known))],
    ]),
  ];
}

/** What the failure analysis leaves to the author. */
function wrongText({ card }: Known): string {
  const isCalled = readingsOf(card).some((r) => judgedParts(r).some((p) => p.calls !== null));
  return `${isCalled ? "which patients were called wrongly" : "for which patients the answer was furthest off"}, and why that may be`;
}
