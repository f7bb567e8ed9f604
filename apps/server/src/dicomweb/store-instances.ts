/** Instances sent to an archive: STOW-RS (PS3.18, 10.5), all in one request; what the archive says of each is read, not only the status. */
import { randomBytes } from "node:crypto";
import type { DicomResult } from "@nacre/imaging/node";
import { type DicomObject, objectSchema, parsed } from "./dicom-json.ts";
import { type ArchiveCall, archiveFailure, askArchive } from "./dicom-request.ts";

/** @throws FailureError refused where the archive did not take every instance, and those of asking */
export async function storeInstances(call: ArchiveCall, study: string, results: readonly DicomResult[]): Promise<void> {
  const boundary = randomBytes(16).toString("hex");
  const answer = await askArchive(call, `studies/${study}`, {
    method: "POST",
    accept: "application/dicom+json",
    type: `multipart/related; type="application/dicom"; boundary=${boundary}`,
    body: multipart(boundary, results),
  });
  const told = await parsed(call, answer, objectSchema);
  const stored = new Set(referenced(told, "00081199"));
  const lost = results.filter(({ instance }) => !stored.has(instance));
  if (lost.length === 0) return;
  const reason = reasonOf(told);
  archiveFailure(
    "refused",
    call.source,
    `a receipt for ${results.length} instances`,
    `one for ${results.length - lost.length}${reason === null ? "" : `, failure reason ${reason}`}`,
    "look into the log of the archive: it may not take objects of this class, or of this patient",
  );
}

function multipart(boundary: string, results: readonly DicomResult[]): Uint8Array {
  const parts = results.flatMap(({ bytes }) => [
    Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
    bytes,
    Buffer.from("\r\n"),
  ]);
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

/** SOP instances in a sequence of the answer. */
function referenced(told: DicomObject, sequence: string): string[] {
  return (told[sequence]?.Value ?? []).flatMap((item) => {
    const read = objectSchema.safeParse(item);
    const uid = read.success ? read.data["00081155"]?.Value?.[0] : undefined;
    return typeof uid === "string" ? [uid] : [];
  });
}

/** FailureReason (0008,1197) of the first that failed, or null. */
function reasonOf(told: DicomObject): string | null {
  const read = objectSchema.safeParse(told["00081198"]?.Value?.[0]);
  const reason = read.success ? read.data["00081197"]?.Value?.[0] : undefined;
  return typeof reason === "number" ? `0x${reason.toString(16).padStart(4, "0")}` : null;
}
