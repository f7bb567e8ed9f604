/**
 * CLAIM, 2024 update (Tejani et al. 2024, Radiol Artif Intell 6:e240300): 44 items, answered from what is known. Number and order
 * follow the list of the society's companion site; the topics are our own short words and no substitute for its text.
 */

import { limitations } from "../report/limitation.ts";
import { counted } from "../report/number-text.ts";
import { verdict } from "../report/verdict.ts";
import { author, type ChecklistItem, part, pointing, section, whole } from "./checklist.ts";
import * as beyond from "./fact/beyond-fact.ts";
import * as data from "./fact/data-fact.ts";
import * as model from "./fact/model-fact.ts";
import * as score from "./fact/score-fact.ts";
import { joined, objectiveFact, titleFact } from "./fact/study-fact.ts";
import type { Known } from "./known.ts";

/** All 44 items in order. */
export function claim(known: Known): ChecklistItem[] {
  const items = [
    ...opening(known),
    ...dataMethods(known),
    ...referenceStandard(known),
    ...partitions(known),
    ...modelMethods(known),
    ...evaluation(known),
    ...results(known),
    ...closing(known),
  ];
  return pointing(items, known.report === null ? (known.card.file ?? "scorecard.json") : null);
}

function opening(known: Known): ChecklistItem[] {
  const { report } = known;
  return [
    ...section("Title and abstract", [
      ["1", "named as a study of AI", part(titleFact(known), "study.yaml", "the technology, in title or abstract")],
      [
        "2",
        "abstract",
        part(
          report === null ? null : verdict(report).join(" "),
          "summary.md",
          "a structured abstract around these numbers",
        ),
      ],
    ]),
    ...section("Introduction", [
      ["3", "background", author("scientific and clinical background, and the role the model is meant for")],
      ["4", "aims and hypotheses", part(objectiveFact(known), "study.yaml", "aims and hypotheses")],
    ]),
    ...section("Methods: design", [
      [
        "5",
        "prospective or retrospective",
        author("whether patients were collected before or after the study was planned"),
      ],
      [
        "6",
        "goal",
        part(objectiveFact(known), "study.yaml", "what the study is for: feasibility, comparison, a claim of benefit"),
      ],
    ]),
  ];
}

function dataMethods(known: Known): ChecklistItem[] {
  const { report, facts } = known;
  const tiles = report?.asked.tiles ?? null;
  const most = facts?.fit.maxTiles ?? null;
  const subset =
    tiles === null
      ? null
      : `Of each slide the tiles with at least ${tiles.minTissue} tissue are used; ${most === null ? "all of them in every step" : `at most ${most} of them, drawn anew, in a step of the fit`}.`;
  const scales = [...new Set((report?.slides ?? []).flatMap((s) => (s.mppInFile === null ? [] : [s.mppInFile])))].sort(
    (a, b) => a - b,
  );
  const scale = scales.length === 0 ? null : `Scales in the files: ${scales.slice(0, 6).join(", ")} um/px.`;
  return section("Methods: data", [
    [
      "7",
      "sources",
      part(data.sourceFact(known), "study.yaml", "where the data come from, with a link where they are public"),
    ],
    [
      "8",
      "inclusion and exclusion",
      part(data.exclusionFact(known), "slides.csv", "the rule by which patients came into the cohort table"),
    ],
    ["9", "pre-processing", whole(model.preparationFact(known), "study.yaml", "how images were prepared")],
    [
      "10",
      "choice of image regions or subsets",
      part(subset, "study.yaml", "any choice of slides or regions before the cohort table"),
    ],
    ["11", "de-identification", author("how slides and tables were de-identified")],
    ["12", "missing data", whole(data.missingFact(known), "slides.csv", "how missing data were handled")],
    ["13", "image acquisition", part(scale, "slides.csv", "scanners, stains, section thickness and magnification")],
  ]);
}

function referenceStandard({ card, report }: Known): ChecklistItem[] {
  const label = report === null ? card.task.label : report.asked.label;
  const definition = `Labels are taken as they stand in the column ${label} (${card.task.classes.join(", ")}).`;
  return section("Methods: reference standard", [
    [
      "14",
      "definition",
      part(definition, "study.yaml", "how the labels were obtained, so that another could do the same"),
    ],
    ["15", "reason", author("why this reference standard and no other")],
    ["16", "annotators", author("who gave the labels, with what training")],
    ["17", "annotation of the test set", author("how the labels of the test patients were made and checked")],
    [
      "18",
      "agreement of annotators",
      author("agreement between and within annotators, and how disagreement was settled"),
    ],
  ]);
}

function partitions(known: Known): ChecklistItem[] {
  return section("Methods: partitions and size", [
    [
      "19",
      "assignment to partitions",
      whole(data.partsFact(known), "report.html", "how data were assigned to partitions"),
    ],
    [
      "20",
      "level of disjointness",
      whole(data.disjointFact(known), "report.html", "whether partitions are apart by patient and by site"),
    ],
    [
      "21",
      "intended sample size",
      part(score.sizeFact(known), "scorecard.json", "how the size of the test part was arrived at"),
    ],
  ]);
}

function modelMethods(known: Known): ChecklistItem[] {
  const { report } = known;
  const start =
    report === null
      ? null
      : "The aggregator starts from seeded normal weights (Glorot and Bengio 2010) and biases of zero; the encoder is frozen.";
  return [
    ...section("Methods: model", [
      [
        "22",
        "description",
        whole(
          joined(model.modelFact(known), model.predictorFact(known), model.outputFact(known)),
          "model/model.json",
          "the model, its input and output",
        ),
      ],
      ["23", "software", whole(model.softwareFact(known), "provenance.json", "programs and versions")],
      [
        "24",
        "initialisation",
        part(start, "study.yaml", "what the encoder was pretrained on, and whether test patients are among it"),
      ],
    ]),
    ...section("Methods: fitting", [
      ["25", "fitting", whole(model.fitFact(known), "study.yaml", "how the model was fitted, with all settings")],
      [
        "26",
        "choice of the final model",
        whole(model.choiceFact(known), "model/model.json", "how the final model was chosen, on which data"),
      ],
      ["27", "ensembles", whole(model.ensembleFact(known), "model/model.json", "whether and how models were combined")],
    ]),
  ];
}

function evaluation(known: Known): ChecklistItem[] {
  const { card, report } = known;
  const robust = joined(score.baselineFact(known), score.clusterFact(known));
  const inside =
    card.internal.n === 0
      ? null
      : report === null
        ? `${counted(card.internal.n, "patient")} of the part test.`
        : `Test patients of all folds, each predicted by a model that had not seen the patient: ${counted(card.internal.n, "patient")}.`;
  const outside =
    card.external === null
      ? report === null
        ? null
        : "There is no external part."
      : `${counted(card.external.n, "patient")}${report === null ? "" : " of sites that took part in nothing"}.`;
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
    ["32", "internal evaluation", whole(inside, "scorecard.json", "testing on internal data")],
    [
      "33",
      "external testing",
      card.external === null
        ? part(outside, "scorecard.json", "why there is no external test")
        : whole(outside, "scorecard.json", ""),
    ],
    ["34", "trial registration", author("registration, if this is a trial")],
  ]);
}

function results(known: Known): ChecklistItem[] {
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
      [
        "39",
        "failure analysis",
        part(score.failureFact(known), "predictions.csv", "which patients were called wrongly, and why that may be"),
      ],
    ]),
  ];
}

function closing(known: Known): ChecklistItem[] {
  const { report, facts } = known;
  const nacre = facts?.versions.find(([name]) => name === "nacre")?.[1];
  const again = report === null ? null : `Again with the command “${report.provenance.command}”.`;
  return [
    ...section("Discussion", [
      [
        "40",
        "limitations",
        part(report === null ? null : limitations(report).join(" "), "report.html", "limits that no program can see"),
      ],
      ["41", "implications", author("what follows for practice, and what stands in the way")],
    ]),
    ...section("Other information", [
      ["42", "protocol or further detail", part(again, "study.yaml", "where a protocol can be had")],
      [
        "43",
        "availability",
        part(
          joined(nacre === undefined ? null : `Made with nacre ${nacre}.`, model.fittedModelFact(known)),
          "provenance.json",
          "where software, model and data can be had",
        ),
      ],
      ["44", "funding", author("the sources of funding and the role of funders")],
    ]),
  ];
}
