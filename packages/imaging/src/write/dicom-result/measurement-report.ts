/**
 * An answer about a slide as a DICOM structured report: Comprehensive 3D SR after TID 1500, Measurement Report (PS3.16), observed by a device. It is
 * PRELIMINARY and UNVERIFIED: nobody has signed it, and it says so in words too. Names that no public scheme has stand under 99NACRE.
 */
import { attempt, type Outcome, raise } from "@nacre/core";
import { hashedUid } from "../../deid/dicom/clean-set.ts";
import type { Element } from "../dicom/elements.ts";
import { code } from "../dicom/whole-slide-modules.ts";
import { type DicomResult, decimal, isOfSynthetic, long, plain, type ResultFacts, resultFile } from "./result-file.ts";
import type { ResultSource } from "./result-source.ts";

export interface ReportedNumber {
  /** "tumour" */
  readonly name: string;
  readonly value: number;
  readonly unit: "probability" | "number" | "risk";
}

export interface ReportedAnswer {
  /** What was asked, in a few words. */
  readonly question: string;
  readonly numbers: readonly ReportedNumber[];
  /** Said beside the numbers: calibration, part, interval. */
  readonly remarks: readonly string[];
}

export const COMPREHENSIVE_3D_SR = "1.2.840.10008.5.1.4.1.1.88.34";
const NACRE = "99NACRE";

/** An answer as DICOM. Failures: bad-value (no numbers, one that is not finite, a probability outside 0 to 1). */
export function writeMeasurementReport(facts: ResultFacts, answer: ReportedAnswer): Promise<Outcome<DicomResult>> {
  return attempt(async () => {
    check(answer);
    const { source, maker } = facts;
    const kind = {
      sopClass: COMPREHENSIVE_3D_SR,
      modality: "SR",
      description: `answer of ${maker.name}`,
      seriesNumber: 903,
      isPlaced: false,
    } as const;
    return resultFile(facts, kind, [
      [0x00081111, "SQ", []],
      [0x0040a372, "SQ", []],
      [0x0040a375, "SQ", [evidence(source)]],
      [0x0040a491, "CS", "COMPLETE"],
      [0x0040a493, "CS", "UNVERIFIED"],
      [0x0040a496, "CS", "PRELIMINARY"],
      ...document(facts, answer),
    ]);
  });
}

function check({ numbers }: ReportedAnswer): void {
  if (numbers.length === 0) bad("an answer with a number", "none");
  for (const { name, value, unit } of numbers) {
    if (!Number.isFinite(value)) bad(`a finite number for ${name}`, String(value));
    if (unit === "probability" && (value < 0 || value > 1)) bad(`a probability of 0 to 1 for ${name}`, String(value));
  }
}

function bad(expected: string, received: string): never {
  return raise("bad-value", { expected, received, remedy: "look at the run's predictions.csv" });
}

function document(facts: ResultFacts, answer: ReportedAnswer): Element[] {
  return [
    [0x0040a040, "CS", "CONTAINER"],
    [0x0040a043, "SQ", [code("126000", "DCM", "Imaging Measurement Report")]],
    [0x0040a050, "CS", "SEPARATE"],
    template("1500"),
    [0x0040a730, "SQ", [...context(facts), library(facts.source), measurements(facts, answer)]],
  ];
}

const template = (number: string): Element => [
  0x0040a504,
  "SQ",
  [
    [
      [0x00080105, "CS", "DCMR"],
      [0x0040db00, "CS", number],
    ],
  ],
];

type Relation = "CONTAINS" | "HAS CONCEPT MOD" | "HAS OBS CONTEXT";
type Coded = readonly [value: string, scheme: string, meaning: string];

function item(relation: Relation, type: string, name: Coded, rest: readonly Element[]): Element[] {
  return [[0x0040a010, "CS", relation], [0x0040a040, "CS", type], [0x0040a043, "SQ", [code(...name)]], ...rest];
}

const text = (relation: Relation, name: Coded, value: string): Element[] =>
  item(relation, "TEXT", name, [[0x0040a160, "UT", plain(value)]]);
const coded = (relation: Relation, name: Coded, value: Coded): Element[] =>
  item(relation, "CODE", name, [[0x0040a168, "SQ", [code(...value)]]]);
const uid = (relation: Relation, name: Coded, value: string): Element[] =>
  item(relation, "UIDREF", name, [[0x0040a124, "UI", value]]);
const container = (
  name: Coded,
  items: readonly (readonly Element[])[],
  identified: readonly Element[] = [],
): Element[] =>
  item("CONTAINS", "CONTAINER", name, [[0x0040a050, "CS", "SEPARATE"], ...identified, [0x0040a730, "SQ", items]]);

/** Language, device observer, what was done (TID 1204, 1001, 1004). */
function context({ maker }: ResultFacts): Element[][] {
  return [
    coded(
      "HAS CONCEPT MOD",
      ["121049", "DCM", "Language of Content Item and Descendants"],
      ["en", "RFC5646", "English"],
    ),
    coded("HAS OBS CONTEXT", ["121005", "DCM", "Observer Type"], ["121007", "DCM", "Device"]),
    uid(
      "HAS OBS CONTEXT",
      ["121012", "DCM", "Device Observer UID"],
      hashedUid(`${maker.name} ${maker.run}`, "nacre device"),
    ),
    text("HAS OBS CONTEXT", ["121013", "DCM", "Device Observer Name"], maker.name),
    text("HAS OBS CONTEXT", ["121014", "DCM", "Device Observer Manufacturer"], "Nacre"),
    text("HAS OBS CONTEXT", ["121015", "DCM", "Device Observer Model Name"], `${maker.name} ${maker.version}`),
    coded(
      "HAS CONCEPT MOD",
      ["121058", "DCM", "Procedure reported"],
      ["slide-model", NACRE, "Model reading of a slide image"],
    ),
  ];
}

function image(relation: Relation, name: Coded | null, source: ResultSource): Element[] {
  const reference: Element = [0x00081199, "SQ", [sopOf(source)]];
  if (name !== null) return item(relation, "IMAGE", name, [reference]);
  return [[0x0040a010, "CS", relation], [0x0040a040, "CS", "IMAGE"], reference];
}

const sopOf = ({ sopClass, instance }: ResultSource): Element[] => [
  [0x00081150, "UI", sopClass],
  [0x00081155, "UI", instance],
];

/** TID 1600: the slide. */
function library(source: ResultSource): Element[] {
  const group = container(["126200", "DCM", "Image Library Group"], [image("CONTAINS", null, source)]);
  return container(["111028", "DCM", "Image Library"], [group]);
}

/** TID 1500, row "Imaging Measurements", with one group after TID 1501. */
function measurements(facts: ResultFacts, { question, numbers, remarks }: ReportedAnswer): Element[] {
  const { source, maker, notice } = facts;
  const tracked = hashedUid(`${source.instance} ${maker.run} ${question}`, "nacre answer");
  const said = [
    ...(isOfSynthetic(facts) ? ["SYNTHETIC DATA: a program drew this slide; it is not a patient's."] : []),
    notice,
    "Made by a machine; nobody has signed it.",
    ...remarks,
  ];
  const group = container(
    ["125007", "DCM", "Measurement Group"],
    [
      text("HAS OBS CONTEXT", ["112039", "DCM", "Tracking Identifier"], question),
      uid("HAS OBS CONTEXT", ["112040", "DCM", "Tracking Unique Identifier"], tracked),
      coded("CONTAINS", ["121071", "DCM", "Finding"], [slug(question), NACRE, long(question)]),
      image("CONTAINS", ["121112", "DCM", "Source of Measurement"], source),
      ...numbers.map(numberItem),
      ...said.map((sentence) => text("CONTAINS", ["121106", "DCM", "Comment"], sentence)),
    ],
    [template("1501")],
  );
  return container(["126010", "DCM", "Imaging Measurements"], [group]);
}

/** Probabilities, risks and plain numbers of a model have no unit; what they are stands in their name. */
const NO_UNITS: Coded = ["1", "UCUM", "no units"];

function numberItem({ name, value, unit }: ReportedNumber): Element[] {
  const meaning = { probability: `Probability of ${name}`, number: name, risk: `Log relative hazard: ${name}` }[unit];
  const measured: Element[] = [
    [0x004008ea, "SQ", [code(...NO_UNITS)]],
    [0x0040a30a, "DS", decimal(value)],
  ];
  return item("CONTAINS", "NUM", [slug(`${unit} ${name}`), NACRE, long(meaning)], [[0x0040a300, "SQ", [measured]]]);
}

/** A code value (SH): at most 16 letters; those of a longer name end in letters of its hash. */
function slug(name: string): string {
  const short =
    plain(name)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") || "x";
  if (short.length <= 16) return short;
  return `${short.slice(0, 9)}-${BigInt(hashedUid(name, "slug").slice(5)).toString(16).slice(0, 6)}`;
}

/** The slide, by study and series. */
function evidence(source: ResultSource): Element[] {
  const series: Element[] = [
    [0x00081199, "SQ", [sopOf(source)]],
    [0x0020000e, "UI", source.series],
  ];
  return [
    [0x00081115, "SQ", [series]],
    [0x0020000d, "UI", source.study],
  ];
}
