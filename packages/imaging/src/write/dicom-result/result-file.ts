/**
 * What every result shares: it joins the study, patient and frame of reference of its slide, says which program made it and that nobody has signed
 * it. Its UIDs are hashes of what it says, so that the same result written twice is the same instance, and another one is another.
 */
import { createHash } from "node:crypto";
import { joined } from "../../bytes/join-bytes.ts";
import { type CleanElement, hashedUid } from "../../deid/dicom/clean-set.ts";
import { encodeHead, encodeSet } from "../../deid/dicom/write-set.ts";
import { SYNTAX } from "../../format/dicom/transfer-syntax.ts";
import { SYNTHETIC_TITLE } from "../../synthetic/is-synthetic.ts";
import { type Element, inOrder } from "../dicom/elements.ts";
import type { ResultSource } from "./result-source.ts";

export interface ResultFacts {
  readonly source: ResultSource;
  /** The program or model that made it, its version, and a name for the run that is the same for each of its results. */
  readonly maker: { readonly name: string; readonly version: string; readonly run: string };
  /** When the result was computed; part of what it says. */
  readonly made: Date;
  /** Of the run; a slide that says so of itself makes its results synthetic in any case. */
  readonly isSynthetic: boolean;
  /** What stands in every result for those who read it without us. */
  readonly notice: string;
}

export interface DicomResult {
  readonly sopClass: string;
  readonly instance: string;
  readonly series: string;
  /** A whole DICOM file (PS3.10), explicit little endian. */
  readonly bytes: Uint8Array;
}

export interface ResultKind {
  readonly sopClass: string;
  readonly modality: "OT" | "SEG" | "SR";
  /** Told of the series, and part of its UID. */
  readonly description: string;
  readonly seriesNumber: number;
  /** Whether it lies on the glass: then it repeats the frame of reference and the specimen too. */
  readonly isPlaced: boolean;
}

const FRAME_OF_REFERENCE = 0x00200052;
const MAKER = "Nacre";
const SALT = "nacre result";

/** The file of a result whose own elements are `own`; they stand before what is carried from the slide. */
export function resultFile(facts: ResultFacts, kind: ResultKind, own: readonly Element[]): DicomResult {
  const { source, maker } = facts;
  const series = hashedUid(`${source.series} ${maker.run} ${kind.sopClass} ${kind.description}`, SALT);
  const said = [...commonElements(facts, kind), [0x0020000e, "UI", series] as const, ...own];
  const carried = source.carried.filter(
    ({ tag }) => (kind.isPlaced || tag < FRAME_OF_REFERENCE) && !said.some(([mine]) => mine === tag),
  );
  const before = inSequence([...inOrder([...said, ...emptied(said, carried)]), ...carried]);
  const digest = createHash("sha256").update(encodeSet(before, true)).digest("hex");
  const instance = hashedUid(`${source.instance} ${digest}`, SALT);
  const set = inSequence([...before, ...inOrder([[0x00080018, "UI", instance]])]);
  const head = encodeHead({ sopClass: kind.sopClass, uid: instance, syntax: SYNTAX.explicit });
  return { sopClass: kind.sopClass, instance, series, bytes: joined([head, encodeSet(set, true)]) };
}

const inSequence = (elements: readonly CleanElement[]): CleanElement[] => [...elements].sort((a, b) => a.tag - b.tag);

/** Whether a result is about data that a program drew. */
export const isOfSynthetic = ({ source, isSynthetic }: ResultFacts): boolean => isSynthetic || source.isSynthetic;

/** Who answers for the codes that no public scheme has. */
const OWN_SCHEME: readonly Element[] = [
  [0x00080102, "SH", "99NACRE"],
  [0x00080115, "ST", "Words of Nacre that no public scheme has"],
];

function commonElements(facts: ResultFacts, { sopClass, modality, description, seriesNumber }: ResultKind): Element[] {
  const { maker, made } = facts;
  const isSynthetic = isOfSynthetic(facts);
  const moment = momentOf(made);
  return [
    [0x00080016, "UI", sopClass],
    [0x00080023, "DA", moment.slice(0, 8)],
    [0x00080033, "TM", moment.slice(8)],
    [0x00080060, "CS", modality],
    [0x00080070, "LO", MAKER],
    [0x00080110, "SQ", [OWN_SCHEME]],
    [0x0008103e, "LO", long(isSynthetic ? `SYNTHETIC: ${description}` : description)],
    [0x00081090, "LO", long(isSynthetic ? SYNTHETIC_TITLE : maker.name)],
    [0x00181000, "LO", long(maker.run)],
    [0x00181020, "LO", long(maker.version)],
    [0x00200011, "IS", String(seriesNumber)],
    [0x00200013, "IS", "1"],
  ];
}

/** Elements that must be there, empty or not, and that the slide does not have. */
function emptied(said: readonly Element[], carried: readonly CleanElement[]): Element[] {
  const has = (tag: number): boolean => said.some(([t]) => t === tag) || carried.some((each) => each.tag === tag);
  const must: readonly Element[] = [
    [0x00080005, "CS", "ISO_IR 192"],
    [0x00080020, "DA", ""],
    [0x00080030, "TM", ""],
    [0x00080050, "SH", ""],
    [0x00080090, "PN", ""],
    [0x00100010, "PN", ""],
    [0x00100020, "LO", ""],
    [0x00100030, "DA", ""],
    [0x00100040, "CS", ""],
    [0x00200010, "SH", ""],
  ];
  return must.filter(([tag]) => !has(tag));
}

/** YYYYMMDDHHMMSS, UTC. */
export const momentOf = (moment: Date): string => moment.toISOString().replace(/\D/g, "").slice(0, 14);

/** Letters that every character set of DICOM shares: the slide's own texts may be written in another. */
export function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replaceAll("μ", "u")
    .replace(/[\u2010-\u2015]/g, "-")
    .replace(/[^\x20-\x7e]/g, "?")
    .replaceAll("\\", "/");
}

/** A text of at most 64 letters (LO). */
export const long = (text: string): string => plain(text).slice(0, 64).trim() || "unknown";

/** A decimal of at most 16 letters (DS). */
export function decimal(value: number): string {
  for (let digits = 12; ; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
}
