/** One DICOM instance: looked at, or written anew. Labels, overviews and objects that are no scan are told, not written. */
import type { ByteSource } from "../../bytes/byte-source.ts";
import { drive } from "../../bytes/reading.ts";
import type { DataSet } from "../../format/dicom/data-set.ts";
import { type Header, readHeader, WHOLE_SLIDE } from "../../format/dicom/header.ts";
import { type Instance, readInstance } from "../../format/dicom/instance.ts";
import { textOf } from "../../format/dicom/values.ts";
import { hostile } from "../../format/tiff-directory.ts";
import type { ByteSink } from "../byte-sink.ts";
import { type DeidFinding, type KeptPicture, refuseDeid } from "../report.ts";
import { attributeName } from "./attributes.data.ts";
import { type CleanElement, cleanSet, hashedUid, MARKS, padded } from "./clean-set.ts";
import { copyPixels } from "./copy-pixels.ts";
import { encodeHead, encodeSet, IMPLEMENTATION, IMPLEMENTATION_NAME } from "./write-set.ts";

export interface InstancePass {
  readonly where: string;
  /** null: looked at. */
  readonly salt: string | null;
  /** Called once the instance is known to stay. */
  readonly sink: () => ByteSink | null;
  readonly signal?: AbortSignal | undefined;
}

export interface PassedInstance {
  /** null: it goes as a whole. */
  readonly picture: KeptPicture | null;
  /** The slide that it is a part of; "" where it goes. */
  readonly pyramid: string;
  readonly findings: readonly DeidFinding[];
}

const [SOP_INSTANCE, BURNED_IN, LABEL_INSIDE] = [0x00080018, 0x00280301, 0x00480010];
const METHOD = "Nacre: allow-list after the PS3.15 basic profile";
const HEAD_TAGS = [0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013];

/** @throws FailureError refused, hostile-file, truncated-file, unsupported-codec */
export async function passInstance(source: ByteSource, pass: InstancePass): Promise<PassedInstance> {
  const { where, salt, signal } = pass;
  const header = await drive(readHeader(source.name, source.size), source, signal);
  const instance = readInstance(header, source.name);
  const findings: DeidFinding[] = [];
  if (instance?.kind !== "volume") {
    findings.push({ where, what: instance ? instance.kind : "an object that is no scan", action: "removed" });
    return { picture: null, pyramid: "", findings };
  }
  expectScanAlone(header.set, where);
  const elements = cleanSet(header.set, { where, salt, findings });
  if (salt === null) findings.push(...missingMarks(header, where), ...headFindings(header.set, where));
  const sink = pass.sink();
  if (sink) writeHeader(sink, { header, instance, elements, salt: salt ?? "" }, source.name);
  const { isExplicit } = header.set;
  const copied = await copyPixels(source, instance, { isExplicit, sink, signal });
  const { end, ...pixels } = copied;
  if (copied.blanked > 0) findings.push({ where, what: `text inside ${copied.blanked} frames`, action: "blanked" });
  if (end < source.size)
    findings.push({ where, what: `${source.size - end} bytes behind the pixels`, action: "removed" });
  const { width, height } = instance;
  return { picture: { where, width, height, ...pixels }, pyramid: instance.pyramid, findings };
}

/** A scan that shows the label of the glass, or has text burned into it, cannot be cleaned by leaving something out. */
function expectScanAlone(set: DataSet, where: string): void {
  const tag = [BURNED_IN, LABEL_INSIDE].find((each) => textOf(set, each) === "YES");
  if (tag === undefined) return;
  refuseDeid(
    "a scan that shows neither label nor burned-in text",
    `${where}, whose ${attributeName(tag)} says YES`,
    "crop the label off with the scanner's software first",
  );
}

function missingMarks({ set }: Header, where: string): DeidFinding[] {
  const isMarked = textOf(set, MARKS[0] as number) === "YES" && textOf(set, MARKS[1] as number) === METHOD;
  return isMarked ? [] : [{ where, what: "no mark of de-identification (0012,0062), (0012,0063)", action: "replaced" }];
}

/** Preamble and head of the file. */
function headFindings(set: DataSet, where: string): DeidFinding[] {
  const findings: DeidFinding[] = [];
  if (set.bytes.subarray(0, 128).some((byte) => byte !== 0))
    findings.push({ where, what: "preamble", action: "blanked" });
  for (const tag of set.elements.keys()) {
    if (tag < 0x00030000 && !HEAD_TAGS.includes(tag))
      findings.push({ where, what: attributeName(tag), action: "removed" });
  }
  const writer = [textOf(set, 0x00020012), textOf(set, 0x00020013)];
  if (writer[0] !== IMPLEMENTATION || writer[1] !== IMPLEMENTATION_NAME) {
    findings.push({ where, what: attributeName(0x00020012), action: "replaced" });
  }
  return findings;
}

interface Written {
  readonly header: Header;
  readonly instance: Instance;
  readonly elements: readonly CleanElement[];
  readonly salt: string;
}

function writeHeader(sink: ByteSink, { header, elements, salt }: Written, name: string): void {
  const { set, transferSyntax } = header;
  const uid = textOf(set, SOP_INSTANCE) ?? hostile(name, "a SOP instance UID");
  sink.append(encodeHead({ sopClass: WHOLE_SLIDE, uid: hashedUid(uid, salt), syntax: transferSyntax }));
  const all = [...elements, ...marks()].sort((a, b) => a.tag - b.tag);
  sink.append(encodeSet(all, set.isExplicit));
}

/** What the profile demands to be said (PS3.15, E.1.1). */
function marks(): CleanElement[] {
  const text = (tag: number, vr: string, value: string): CleanElement => ({ tag, vr, value: padded(value, vr) });
  const code = [
    text(0x00080100, "SH", "113100"),
    text(0x00080102, "SH", "DCM"),
    text(0x00080104, "LO", "Basic Application Confidentiality Profile"),
  ];
  return [
    text(0x00120062, "CS", "YES"),
    text(0x00120063, "LO", METHOD),
    { tag: 0x00120064, vr: "SQ", value: [code] },
    text(0x00280303, "CS", "REMOVED"),
  ];
}
