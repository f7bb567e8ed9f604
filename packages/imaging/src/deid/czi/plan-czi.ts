/** What of a CZI stays, and where it will lie: subblocks without metadata of their own, their directory, the XML as it may be written. */
import { bytesAt, type Reading } from "../../bytes/reading.ts";
import { readAttachments } from "../../format/czi/attachments.ts";
import {
  type CziSpan,
  dataOf,
  type FileHeader,
  readFileHeader,
  readMetadata,
  readSubblocks,
  SEGMENT_HEADER,
  segmentAt,
} from "../../format/czi/segments.ts";
import { cziXml } from "./allowed-czi.ts";
import type { CziPlan, KeptSubblock } from "./clean-czi.ts";
import { cleanEntry, DIRECTORY_HEAD, FILE_HEAD, METADATA_HEAD, roundUp, SUBBLOCK_HEAD } from "./write-segments.ts";

/** @throws FailureError refused, hostile-file, truncated-file, unsupported-format */
export function* planCziDeid(file: CziSpan): Reading<CziPlan> {
  const header = yield* readFileHeader(file);
  const all = yield* readSubblocks(file, header.directory);
  const entries = yield* bytesAt(
    file.start + header.directory + SEGMENT_HEADER + DIRECTORY_HEAD,
    all.reduce((sum, { entryBytes }) => sum + entryBytes, 0),
  );
  const subblocks: KeptSubblock[] = [];
  let [position, from, withMetadata, withAttachments] = [SEGMENT_HEADER + FILE_HEAD, 0, 0, 0];
  for (const subblock of all) {
    const { offset, length } = yield* dataOf(file, subblock);
    const sizes = yield* segmentAt(file, "ZISRAWSUBBLOCK", subblock.position, 16);
    if (sizes.getInt32(0, true) > 0) withMetadata++;
    if (sizes.getInt32(4, true) > 0) withAttachments++;
    const entry = cleanEntry(entries.subarray(from, from + subblock.entryBytes), position);
    subblocks.push({ subblock, entry, offset, length });
    position += SEGMENT_HEADER + roundUp(Math.max(SUBBLOCK_HEAD, 16 + entry.length) + length);
    from += subblock.entryBytes;
  }
  const text = yield* readMetadata(file, header.metadata);
  const allowed = cziXml(text, file.name);
  const xml = new TextEncoder().encode(allowed);
  const directory = position;
  const behind = directory + SEGMENT_HEADER + roundUp(DIRECTORY_HEAD + entries.length);
  const metadata = header.metadata === 0 ? 0 : behind;
  return {
    ...{ subblocks, xml, directory, metadata, isUnfinished: header.isUnfinished },
    size: metadata === 0 ? behind : behind + SEGMENT_HEADER + roundUp(METADATA_HEAD + xml.length),
    found: {
      attachments: yield* attachmentsOf(file, header),
      ...{ withMetadata, withAttachments, isXmlReduced: text !== allowed, hasGuids: yield* hasGuids(file) },
    },
  };
}

/** Pictures by their names and sizes; other attached files by their number. */
function* attachmentsOf(file: CziSpan, { attachments }: FileHeader): Reading<string[]> {
  if (attachments === 0) return [];
  const n = (yield* segmentAt(file, "ZISRAWATTDIR", attachments, 4)).getInt32(0, true);
  const { associated } = yield* readAttachments(file, attachments);
  const others = n - associated.length;
  return [
    ...associated.map(({ name, width, height }) => `${name} of ${width} x ${height} px`),
    ...(others > 0 ? [`${others} attached files`] : []),
  ];
}

/** The identifiers of the file and of its first part. */
function* hasGuids(file: CziSpan): Reading<boolean> {
  const view = yield* segmentAt(file, "ZISRAWFILE", 0, 48);
  for (let at = 16; at < 48; at++) if (view.getUint8(at) !== 0) return true;
  return false;
}
