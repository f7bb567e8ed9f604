/** Identifiers that are the same for the same thing on every export: UUIDs and DICOM UIDs made from a hash of its key. */
import { createHash } from "node:crypto";

/** A UUID of version 8 (RFC 9562: of the maker's own making) from the parts. */
export function uuidOf(...parts: readonly string[]): string {
  const bytes = createHash("sha256").update(parts.join("\n"), "utf8").digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A DICOM UID from a UUID: 2.25 and the UUID as one number (DICOM PS3.5 B.2). */
export function uidOf(uuid: string): string {
  return `2.25.${BigInt(`0x${uuid.replaceAll("-", "")}`)}`;
}
