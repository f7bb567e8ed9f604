/**
 * CLAIM, 2024 update (Tejani et al. 2024, Radiol Artif Intell 6:e240300): 44 items, answered from what is known. Number and order
 * follow the list of the society's companion site; the topics are our own short words and no substitute for its text.
 */

import { author, type ChecklistItem, finished, part, section } from "./checklist.ts";
import { dataMethods, modelMethods, partitions, referenceStandard } from "./claim-method.ts";
import { evaluation, results } from "./claim-result.ts";
import { joined } from "./fact/joined.ts";
import { fittedModelFact } from "./fact/model-fact.ts";
import type { Known } from "./known.ts";
import { limitationAnswer, nacreText, objectiveAnswer, titleAndAbstract } from "./shared-entry.ts";

/** All 44 items in order. */
export function claim(known: Known): ChecklistItem[] {
  return finished(known, [
    ...opening(known),
    ...dataMethods(known),
    ...referenceStandard(known),
    ...partitions(known),
    ...modelMethods(known),
    ...evaluation(known),
    ...results(known),
    ...closing(known),
  ]);
}

function opening(known: Known): ChecklistItem[] {
  return [
    ...section(
      "Title and abstract",
      titleAndAbstract(known, "named as a study of AI", "the technology, in title or abstract"),
    ),
    ...section("Introduction", [
      ["3", "background", author("scientific and clinical background, and the role the model is meant for")],
      ["4", "aims and hypotheses", objectiveAnswer(known, "aims and hypotheses")],
    ]),
    ...section("Methods: design", [
      [
        "5",
        "prospective or retrospective",
        author("whether patients were collected before or after the study was planned"),
      ],
      ["6", "goal", objectiveAnswer(known, "what the study is for: feasibility, comparison, a claim of benefit")],
    ]),
  ];
}

function closing(known: Known): ChecklistItem[] {
  const { report } = known;
  const nacre = nacreText(known);
  const again = report === null ? null : `Again with the command “${report.provenance.command}”.`;
  return [
    ...section("Discussion", [
      ["40", "limitations", limitationAnswer(known)],
      ["41", "implications", author("what follows for practice, and what stands in the way")],
    ]),
    ...section("Other information", [
      ["42", "protocol or further detail", part(again, "study.yaml", "where a protocol can be had")],
      [
        "43",
        "availability",
        part(
          joined(nacre === null ? null : `${nacre}.`, fittedModelFact(known)),
          "provenance.json",
          "where software, model and data can be had",
        ),
      ],
      ["44", "funding", author("the sources of funding and the role of funders")],
    ]),
  ];
}
