/** The entries of TRIPOD+AI on methods: outcome and predictors, then the analysis. */
import { author, type ChecklistItem, part, section, unknown, whole } from "./checklist.ts";
import { triageFact } from "./fact/beyond-fact.ts";
import * as data from "./fact/data-fact.ts";
import { joined } from "./fact/joined.ts";
import * as model from "./fact/model-fact.ts";
import * as score from "./fact/score-fact.ts";
import { outcomeFact, updatingFact } from "./fact/study-fact.ts";
import type { Known } from "./known.ts";

/** Outcome, predictors, size and gaps: 8a to 11. */
export function measurements(known: Known): ChecklistItem[] {
  const { report } = known;
  const isBrought = report !== null && report.asked.tiles === null;
  return section("Methods: outcome and predictors", [
    [
      "8a",
      "outcome",
      part(
        outcomeFact(known),
        "study.yaml",
        "how and when the outcome was assessed, its horizon and why it was chosen",
      ),
    ],
    ["8b", "assessors of the outcome", author("who assessed the outcome, if it takes judgement")],
    ["8c", "blinding of the outcome", author("whether those who assessed the outcome knew the predictors")],
    [
      "9a",
      "choice of predictors",
      whole(
        report === null
          ? null
          : `Every ${isBrought ? "feature of every tile that was brought" : "tile of tissue"} enters the model; none was selected by hand.`,
        "study.yaml",
        "how predictors were chosen",
      ),
    ],
    [
      "9b",
      "definition of predictors",
      part(model.predictorFact(known), "study.yaml", "staining, scanners and when slides were made"),
    ],
    [
      "9c",
      "assessors of predictors",
      report === null || isBrought
        ? unknown("who measured the predictors, if it takes judgement")
        : whole("Features are computed; no reader takes part.", "study.yaml", ""),
    ],
    [
      "10",
      "sample size",
      part(score.sizeFact(known), "scorecard.json", "how the size was arrived at, with a calculation"),
    ],
    ["11", "missing data", whole(data.missingFact(known), "slides.csv", "how missing data were handled")],
  ]);
}

/** From the use of the data to ethics: 12a to 17. */
export function analysis(known: Known): ChecklistItem[] {
  const { report } = known;
  const hasSites = report?.asked.sitesKnown === true;
  const cluster = hasSites
    ? `Sites are ${report?.asked.split.by === "site" ? "kept whole across folds" : "recorded but not kept whole"}; results are given by fold, by site where it is a subgroup, and for external sites apart. No random effect is fitted.`
    : null;
  return section("Methods: analysis", [
    [
      "12a",
      "use of the data",
      whole(data.partsFact(known), "report.html", "how data were divided for development and evaluation"),
    ],
    [
      "12b",
      "handling of predictors",
      whole(model.preparationFact(known), "study.yaml", "how predictors were transformed or scaled"),
    ],
    [
      "12c",
      "type and building of the model",
      part(
        joined(model.modelFact(known), model.fitFact(known), model.choiceFact(known)),
        "model/model.json",
        "why this type of model, and what else was tried",
      ),
    ],
    [
      "12d",
      "heterogeneity between clusters",
      whole(cluster, "report.html", "whether results differ between sites, and how it was judged"),
    ],
    ["12e", "measures of performance", whole(score.measureFact(known), "scorecard.json", "the measures and why")],
    [
      "12f",
      "model updating",
      whole(updatingFact(known), "study.yaml", "whether the model was updated, for example recalibrated"),
    ],
    [
      "12g",
      "how predictions were made",
      whole(model.predictionFact(known), "predictions.csv", "how predictions were made"),
    ],
    [
      "13",
      "class imbalance",
      whole(model.imbalanceFact(known), "study.yaml", "whether and how unequal classes were met"),
    ],
    [
      "14",
      "fairness",
      part(
        score.subgroupFact(known) === null
          ? null
          : "Performance is given for each recorded subgroup, the worst one named.",
        "report.html",
        "what was done for fairness and why these groups",
      ),
    ],
    [
      "15",
      "output of the model",
      part(joined(model.outputFact(known), triageFact(known)), "predictions.csv", "why this threshold, if one is used"),
    ],
    [
      "16",
      "development against evaluation",
      part(
        data.shiftFact(known),
        "report.html",
        "how setting, eligibility, outcome and predictors differ between development and evaluation",
      ),
    ],
    ["17", "ethical approval", author("the committee, the approval and the consent, or the waiver")],
  ]);
}
