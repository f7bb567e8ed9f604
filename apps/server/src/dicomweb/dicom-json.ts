/** The DICOM JSON model (PS3.18, annex F), as far as it is read here: tags to values. Answers of other programs: everything is checked, nothing believed. */
import { z } from "zod";
import { type ArchiveAnswer, type ArchiveCall, archiveFailure, askArchive, wholeAnswer } from "./dicom-request.ts";

const attributeSchema = z.looseObject({ vr: z.string().max(2).optional(), Value: z.array(z.unknown()).optional() });
export const objectSchema = z.record(z.string(), attributeSchema);
export type DicomObject = z.infer<typeof objectSchema>;

/** A list of objects. An empty answer (204) is an empty list. @throws FailureError unsupported-format, and those of asking */
export async function askObjects(call: ArchiveCall, path: string): Promise<readonly DicomObject[]> {
  const answer = await askArchive(call, path, { accept: "application/dicom+json" });
  if (answer.status === 204) return [];
  return parsed(call, answer, z.array(objectSchema));
}

/** @throws FailureError unsupported-format where it is no JSON of this shape */
export async function parsed<T>(call: ArchiveCall, answer: ArchiveAnswer, schema: z.ZodType<T>): Promise<T> {
  const text = Buffer.from(await wholeAnswer(call, answer)).toString("utf8");
  const read = schema.safeParse(fromJson(text));
  if (read.success) return read.data;
  const what = text.trim() === "" ? "nothing" : `an answer of type ${answer.type.slice(0, 60) || "unknown"}`;
  const remedy = "see that the address of the source is that of the DICOMweb service, not of a page";
  return archiveFailure("unsupported-format", call.source, "DICOM JSON", what, remedy);
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** First value of a tag (8 hexadecimal digits) as text; of a person's name its letters. Null where there is none. */
export function textIn(object: DicomObject, tag: string): string | null {
  const value = object[tag]?.Value?.[0];
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value.trim() === "" ? null : value.trim().slice(0, 1024);
  const name = z.looseObject({ Alphabetic: z.string() }).safeParse(value);
  return name.success ? name.data.Alphabetic.slice(0, 1024) : null;
}

/** All values of a tag that are text. */
export const textsIn = (object: DicomObject, tag: string): readonly string[] =>
  (object[tag]?.Value ?? []).filter((value) => typeof value === "string");

/** Whether a text is a UID that may stand in an address. */
export const isUid = (text: string | null): text is string =>
  text !== null && text.length <= 64 && /^\d+(\.\d+)*$/.test(text);
