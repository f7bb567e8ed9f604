/** The entries of CLAIM on methods: data, reference standard, partitions, model. */
import { author, type ChecklistItem, part, section, whole } from "./checklist.ts";
import * as data from "./fact/data-fact.ts";
import { joined } from "./fact/joined.ts";
import * as model from "./fact/model-fact.ts";
import * as score from "./fact/score-fact.ts";
import { scaleFact, subsetFact } from "./fact/slide-fact.ts";
import { referenceFact } from "./fact/study-fact.ts";
import type { Known } from "./known.ts";

/** CLAIM 7 to 13. */
export function dataMethods(known: Known): ChecklistItem[] {
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
      part(subsetFact(known), "study.yaml", "any choice of slides or regions before the cohort table"),
    ],
    ["11", "de-identification", author("how slides and tables were de-identified")],
    ["12", "missing data", whole(data.missingFact(known), "slides.csv", "how missing data were handled")],
    [
      "13",
      "image acquisition",
      part(scaleFact(known), "slides.csv", "scanners, stains, section thickness and magnification"),
    ],
  ]);
}

/** CLAIM 14 to 18. */
export function referenceStandard(known: Known): ChecklistItem[] {
  return section("Methods: reference standard", [
    [
      "14",
      "definition",
      part(referenceFact(known), "study.yaml", "how the labels were obtained, so that another could do the same"),
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

/** CLAIM 19 to 21. */
export function partitions(known: Known): ChecklistItem[] {
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

/** CLAIM 22 to 27. */
export function modelMethods(known: Known): ChecklistItem[] {
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
        part(
          model.startFact(known),
          "study.yaml",
          "what the encoder was pretrained on, and whether test patients are among it",
        ),
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
