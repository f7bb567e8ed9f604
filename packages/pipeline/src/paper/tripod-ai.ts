/**
 * TRIPOD+AI (Collins et al. 2024, BMJ 385:e078378): 27 items in 52 entries, answered from what is known. Numbers are those of the
 * published checklist; the topics are our own short words and no substitute for its text.
 */
import { author, type ChecklistItem, finished, part, section, whole } from "./checklist.ts";
import * as beyond from "./fact/beyond-fact.ts";
import * as data from "./fact/data-fact.ts";
import { joined } from "./fact/joined.ts";
import * as model from "./fact/model-fact.ts";
import * as score from "./fact/score-fact.ts";
import { updatingFact } from "./fact/study-fact.ts";
import { isSynthetic, type Known } from "./known.ts";
import { limitationAnswer, nacreText, objectiveAnswer, predictionFiles, titleAndAbstract } from "./shared-entry.ts";
import { analysis, measurements } from "./tripod-method.ts";

/** All 52 entries in order. */
export function tripodAi(known: Known): ChecklistItem[] {
  return finished(known, [
    ...opening(known),
    ...participants(known),
    ...measurements(known),
    ...analysis(known),
    ...openScience(known),
    ...results(known),
    ...discussion(known),
  ]);
}

function opening(known: Known): ChecklistItem[] {
  return [
    ...section("Title and abstract", titleAndAbstract(known, "title", "the target population, in the title")),
    ...section("Introduction", [
      ["3a", "healthcare context and reason", author("the context, diagnostic or prognostic, and models that exist")],
      [
        "3b",
        "target population and intended use",
        part(
          "The software marks every result as research use only.",
          "model/model-card.md",
          "who the model is meant for, where in the pathway of care, and who would use it",
        ),
      ],
      [
        "3c",
        "known inequalities",
        author("inequalities between sociodemographic groups that are known for this condition"),
      ],
      ["4", "objectives", objectiveAnswer(known, "the aims")],
    ]),
  ];
}

function participants(known: Known): ChecklistItem[] {
  return section("Methods: data and participants", [
    [
      "5a",
      "source of data",
      part(data.sourceFact(known), "study.yaml", "where and why the data were collected, and whom they represent"),
    ],
    ["5b", "dates", part(data.datesFact(known), "study.yaml", "start and end of recruitment, and of follow-up")],
    ["6a", "setting", part(data.settingFact(known), "report.html", "kind of care and place of each site")],
    [
      "6b",
      "eligibility",
      part(data.exclusionFact(known), "slides.csv", "the rule by which patients and slides came into the cohort table"),
    ],
    ["6c", "treatments", author("treatments received, where they matter")],
    [
      "7",
      "data preparation",
      part(
        model.preparationFact(known),
        "study.yaml",
        "quality control before the cohort table, and whether it was alike for all groups",
      ),
    ],
  ]);
}

function openScience(known: Known): ChecklistItem[] {
  const { facts, report } = known;
  const cohort = facts?.hashes.find(([file]) => file === "cohort")?.[1];
  const dataFact =
    cohort === undefined ? null : `The cohort table has the SHA-256 ${cohort}; ${predictionFiles(known)}.`;
  const nacre = nacreText(known);
  const code =
    nacre === null || report === null ? null : `${nacre}; again with the command “${report.provenance.command}”.`;
  return [
    ...section("Open science", [
      ["18a", "funding", author("the source of funding and the role of funders")],
      ["18b", "conflicts of interest", author("conflicts of interest of all authors")],
      [
        "18c",
        "protocol",
        part(
          report === null
            ? null
            : "study.yaml fixes the analysis as it was run; that is no protocol written beforehand.",
          "study.yaml",
          "where a protocol can be had, or that there was none",
        ),
      ],
      ["18d", "registration", author("the register and number, or that it was not registered")],
      ["18e", "data sharing", part(dataFact, "provenance.json", "whether and how the data can be had")],
      ["18f", "code sharing", part(code, "provenance.json", "where the code of the analysis can be had")],
    ]),
    ...section("Patient and public involvement", [
      ["19", "patients and public", author("how patients and the public took part, or that they did not")],
    ]),
  ];
}

function results(known: Known): ChecklistItem[] {
  return section("Results", [
    ["20a", "flow of participants", whole(data.flowFact(known), "slides.csv", "how many entered and left, and why")],
    [
      "20b",
      "characteristics",
      part(
        data.characteristicFact(known),
        "report.html",
        "age, sex, ethnicity, stage and what else describes the patients",
      ),
    ],
    [
      "20c",
      "evaluation against development data",
      part(data.shiftFact(known), "report.html", "a comparison of predictors, demographics and outcome"),
    ],
    [
      "21",
      "participants and events",
      whole(score.eventFact(known), "scorecard.json", "patients and events in each analysis"),
    ],
    [
      "22",
      "the full model",
      part(model.fittedModelFact(known), "model/model.onnx", "where the model can be had, and on what terms"),
    ],
    [
      "23a",
      "performance",
      whole(
        joined(
          score.performanceFact(known),
          beyond.moreFact(known),
          beyond.ordinalFact(known),
          beyond.remarkFact(known),
          score.calibrationFact(known),
          score.subgroupFact(known),
        ),
        "scorecard.json",
        "performance with intervals, in subgroups too",
      ),
    ],
    ["23b", "heterogeneity found", part(score.clusterFact(known), "scorecard.json", "what differs between clusters")],
    ["24", "updated model", whole(updatingFact(known), "scorecard.json", "results of any updating")],
  ]);
}

function discussion(known: Known): ChecklistItem[] {
  const { report } = known;
  const input =
    report === null
      ? null
      : "A slide that cannot be read, has no scale or too little tissue gets a named failure and no prediction; one with an unknown scale is refused.";
  const use = isSynthetic(known)
    ? "The data are synthetic: nothing follows for care."
    : "Not a medical device; no use in care follows from these results.";
  return section("Discussion", [
    ["25", "interpretation", author("what the results mean, fairness included, beside earlier studies")],
    ["26", "limitations", limitationAnswer(known)],
    ["27a", "poor or absent input", part(input, "slides.csv", "what to do then in practice")],
    [
      "27b",
      "users and their skill",
      part(use, "model/model-card.md", "who handles input and output, and what they must know"),
    ],
    ["27c", "next steps", author("what must be studied next, at other sites above all")],
  ]);
}
