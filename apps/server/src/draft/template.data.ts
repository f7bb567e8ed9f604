/**
 * Templates of structured reports. Written for this product: the fields a synoptic report of the organ usually has, in our own words and
 * order; no text of a published protocol. A laboratory that must follow one checks its list against that protocol.
 */
import type { Template, TemplateField } from "./template.ts";

const SLIDES: TemplateField = {
  name: "slides",
  title: "Slides examined",
  kind: "number",
  fill: "slides",
};
const SPECIMEN: TemplateField = { name: "specimen", title: "Specimen and procedure", kind: "text" };
const MODEL: TemplateField = { name: "model", title: "Answer of the model", kind: "text", fill: "answer" };
const COMMENT: TemplateField = { name: "comment", title: "Comment", kind: "text" };
const MARGIN = ["free of tumour", "involved by tumour", "cannot be assessed"];
const SCORES = ["1", "2", "3"];
const FOUND = ["not found", "found", "cannot be assessed"];

function diagnosis(choices: readonly string[], choice: Readonly<Record<string, string>>): TemplateField {
  return { name: "diagnosis", title: "Diagnosis", kind: "choice", choices, isNeeded: true, fill: { choice } };
}

function nodes(): TemplateField[] {
  return [
    { name: "nodes-examined", title: "Lymph nodes examined", kind: "number" },
    { name: "nodes-positive", title: "Lymph nodes with tumour", kind: "number", partOf: "nodes-examined" },
  ];
}

function stage(): TemplateField[] {
  return [
    { name: "pt", title: "Primary tumour (pT)", kind: "text" },
    { name: "pn", title: "Regional lymph nodes (pN)", kind: "text" },
  ];
}

export const TEMPLATES: readonly Template[] = [
  {
    name: "general",
    title: "Histopathology report",
    fields: [
      SPECIMEN,
      SLIDES,
      { name: "description", title: "What is seen", kind: "text" },
      MODEL,
      { name: "diagnosis", title: "Diagnosis", kind: "text", isNeeded: true },
      COMMENT,
    ],
  },
  {
    name: "breast",
    title: "Breast tumour report",
    fields: [
      SPECIMEN,
      { name: "side", title: "Side", kind: "choice", choices: ["left", "right"] },
      SLIDES,
      MODEL,
      diagnosis(
        [
          "no tumour",
          "benign lesion",
          "carcinoma in situ",
          "invasive carcinoma, no special type",
          "invasive lobular carcinoma",
          "other invasive carcinoma",
        ],
        { benign: "benign lesion", normal: "no tumour", dcis: "carcinoma in situ", "in situ": "carcinoma in situ" },
      ),
      { name: "size", title: "Largest extent of invasive tumour", kind: "number", unit: "mm" },
      { name: "tubules", title: "Tubule formation", kind: "choice", choices: SCORES },
      { name: "nuclei", title: "Nuclear variation", kind: "choice", choices: SCORES },
      { name: "mitoses", title: "Mitotic count", kind: "choice", choices: SCORES },
      { name: "grade", title: "Grade", kind: "choice", choices: SCORES, fill: { choice: {} } },
      { name: "vessels", title: "Tumour in vessels", kind: "choice", choices: FOUND },
      { name: "margins", title: "Margins", kind: "choice", choices: MARGIN },
      { name: "er", title: "Oestrogen receptor, stained nuclei", kind: "number", unit: "%", most: 100 },
      { name: "pr", title: "Progesterone receptor, stained nuclei", kind: "number", unit: "%", most: 100 },
      { name: "her2", title: "HER2 score", kind: "choice", choices: ["0", "1+", "2+", "3+"] },
      { name: "ki67", title: "Ki-67, stained nuclei", kind: "number", unit: "%", most: 100 },
      ...nodes(),
      ...stage(),
      COMMENT,
    ],
  },
  {
    name: "prostate",
    title: "Prostate tumour report",
    fields: [
      SPECIMEN,
      SLIDES,
      MODEL,
      diagnosis(
        [
          "no carcinoma",
          "high-grade intraepithelial neoplasia",
          "suspicious glands",
          "acinar adenocarcinoma",
          "other carcinoma",
        ],
        { benign: "no carcinoma", normal: "no carcinoma" },
      ),
      { name: "gleason-first", title: "Gleason pattern, most frequent", kind: "choice", choices: ["3", "4", "5"] },
      { name: "gleason-second", title: "Gleason pattern, second", kind: "choice", choices: ["3", "4", "5"] },
      {
        name: "grade-group",
        title: "Grade group",
        kind: "choice",
        choices: ["1", "2", "3", "4", "5"],
        fill: {
          choice: {
            "grade group 1": "1",
            "grade group 2": "2",
            "grade group 3": "3",
            "grade group 4": "4",
            "grade group 5": "5",
          },
        },
      },
      { name: "cores", title: "Cores with carcinoma", kind: "number", partOf: "cores-examined" },
      { name: "cores-examined", title: "Cores examined", kind: "number" },
      { name: "length", title: "Longest carcinoma in one core", kind: "number", unit: "mm" },
      { name: "cribriform", title: "Cribriform or intraductal growth", kind: "choice", choices: FOUND },
      { name: "nerves", title: "Tumour along nerves", kind: "choice", choices: FOUND },
      { name: "beyond", title: "Growth beyond the prostate", kind: "choice", choices: FOUND },
      { name: "margins", title: "Margins", kind: "choice", choices: MARGIN },
      ...stage(),
      COMMENT,
    ],
  },
  {
    name: "lung",
    title: "Lung tumour report",
    fields: [
      SPECIMEN,
      { name: "site", title: "Lobe and side", kind: "text" },
      SLIDES,
      MODEL,
      diagnosis(
        [
          "no tumour",
          "adenocarcinoma",
          "squamous cell carcinoma",
          "small cell carcinoma",
          "large cell carcinoma",
          "other tumour",
        ],
        {
          luad: "adenocarcinoma",
          lusc: "squamous cell carcinoma",
          sclc: "small cell carcinoma",
          normal: "no tumour",
        },
      ),
      {
        name: "pattern",
        title: "Leading growth pattern",
        kind: "choice",
        choices: ["lepidic", "acinar", "papillary", "micropapillary", "solid", "does not apply"],
      },
      { name: "size", title: "Largest extent of invasive tumour", kind: "number", unit: "mm" },
      { name: "pleura", title: "Pleura", kind: "choice", choices: MARGIN },
      { name: "vessels", title: "Tumour in vessels", kind: "choice", choices: FOUND },
      { name: "airspaces", title: "Tumour spread through air spaces", kind: "choice", choices: FOUND },
      { name: "margins", title: "Margins", kind: "choice", choices: MARGIN },
      { name: "pd-l1", title: "PD-L1, stained tumour cells", kind: "number", unit: "%", most: 100 },
      ...nodes(),
      ...stage(),
      COMMENT,
    ],
  },
];
