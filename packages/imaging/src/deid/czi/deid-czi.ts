/**
 * De-identifies a CZI by writing a new one: header, subblocks, directory, metadata. Attached files (label, preview, time stamps), metadata and
 * masks of subblocks, identifiers, coordinates of the stage and every byte between segments have no way into it. A file is clean when its clean
 * copy would be the same file, byte for byte.
 */
import { createHash } from "node:crypto";
import type { ByteSource } from "../../bytes/byte-source.ts";
import { drive } from "../../bytes/reading.ts";
import { COMPRESSION, storedBytes } from "../../format/czi/subblock-painter.ts";
import { hostile } from "../../format/tiff-directory.ts";
import type { ByteSink } from "../byte-sink.ts";
import type { DeidPass } from "../deid-pass.ts";
import { type DeidFinding, type DeidReport, type KeptPicture, refuseDeid } from "../report.ts";
import { blank } from "../stream/blank.ts";
import { cleanerOf } from "../stream/block-cleaner.ts";
import type { CziFound, CziPlan, KeptSubblock } from "./clean-czi.ts";
import { planCziDeid } from "./plan-czi.ts";
import { directorySegment, fileHeader, metadataSegment, roundUp, subblockHead } from "./write-segments.ts";

const PIECE = 2 ** 22;
const MAX_BLOCK = 2 ** 28;
const CODING: Readonly<Record<number, string>> = {
  [COMPRESSION.none]: "samples",
  [COMPRESSION.jpeg]: "jpeg",
  [COMPRESSION.zstd0]: "zstd",
  [COMPRESSION.zstd1]: "zstd",
};

/** @throws FailureError refused, hostile-file, truncated-file, unsupported-format, disk-full */
export async function passCzi(source: ByteSource, { sink, signal }: DeidPass): Promise<DeidReport> {
  const plan = await drive(planCziDeid({ name: source.name, start: 0, end: source.size }), source, signal);
  const target = new CopyOrCompare(source, sink);
  await target.put(fileHeader(plan));
  const picture = await copySubblocks(source, plan, target, signal);
  await target.put(directorySegment(plan));
  if (plan.metadata > 0) await target.put(metadataSegment(plan));
  const findings = findingsOf(plan.found, picture);
  const isSame = sink !== null || (target.isSame && plan.size === source.size);
  if (!isSame && findings.length === 0)
    findings.push({ where: "file", what: "bytes outside of what stays", action: "removed" });
  return {
    ...{ format: "czi", isClean: findings.length === 0, isWritten: sink !== null, findings },
    kept: [
      "subblocks",
      "directory of subblocks",
      ...(plan.metadata > 0 ? ["metadata: scale, sizes, channels, lens"] : []),
    ],
    pictures: [picture],
    warnings: ["pen, stickers and writing on the tissue itself are pixels of the scan and stay"],
  };
}

/** Takes the bytes of the copy in their order: writes them, or holds them against the file. */
class CopyOrCompare {
  readonly #source: ByteSource;
  readonly #sink: ByteSink | null;
  #position = 0;
  isSame = true;

  constructor(source: ByteSource, sink: ByteSink | null) {
    this.#source = source;
    this.#sink = sink;
  }

  async put(bytes: Uint8Array): Promise<void> {
    this.#sink?.append(bytes);
    if (this.#sink === null && this.isSame) this.isSame = await this.#isHere(bytes);
    this.#position += bytes.length;
  }

  async #isHere(bytes: Uint8Array): Promise<boolean> {
    if (this.#position + bytes.length > this.#source.size) return false;
    const here = await this.#source.read(this.#position, bytes.length);
    return Buffer.compare(here, bytes) === 0;
  }
}

async function copySubblocks(
  source: ByteSource,
  { subblocks }: CziPlan,
  target: CopyOrCompare,
  signal?: AbortSignal,
): Promise<KeptPicture> {
  const hash = createHash("sha256");
  let [bytes, blanked] = [0, 0];
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const kept of subblocks) {
    signal?.throwIfAborted();
    const { x, y } = kept.subblock;
    [left, top] = [Math.min(left, x.start), Math.min(top, y.start)];
    [right, bottom] = [Math.max(right, x.start + x.size), Math.max(bottom, y.start + y.size)];
    const head = subblockHead(kept);
    await target.put(head);
    hash.update(`${kept.length};`);
    const changed = await copyPixels(source, kept, async (piece) => {
      hash.update(piece);
      await target.put(piece);
    });
    const used = head.length - 32 + kept.length;
    await target.put(new Uint8Array(roundUp(used) - used));
    if (changed > 0) blanked++;
    bytes += kept.length;
  }
  const size = { width: right - left, height: bottom - top };
  return { where: "subblocks", ...size, blocks: subblocks.length, bytes, sha256: hash.digest("hex"), blanked };
}

/** Gives the number of bytes that were overwritten. */
async function copyPixels(
  source: ByteSource,
  { subblock, offset, length }: KeptSubblock,
  put: (piece: Uint8Array) => Promise<void>,
): Promise<number> {
  const coding = CODING[subblock.compression];
  if (coding === undefined) {
    return refuseDeid(
      "pixels whose coding is known, so that text inside them is found",
      `subblocks of compression ${subblock.compression}`,
      "save the slide in ZEN without compression or with Zstandard",
    );
  }
  const cleaner = cleanerOf(coding);
  if (!cleaner.isStreaming && length > MAX_BLOCK) hostile(source.name, `subblocks of at most ${MAX_BLOCK} bytes`);
  const step = cleaner.isStreaming ? PIECE : Math.max(1, length);
  const most = subblock.compression === COMPRESSION.none ? storedBytes(subblock) : Number.POSITIVE_INFINITY;
  let changed = 0;
  for (let at = 0; at < length; at += step) {
    const piece = (await source.read(offset + at, Math.min(step, length - at))).slice();
    const body = subblock.compression === COMPRESSION.zstd1 ? behindHead(piece) : piece;
    changed += cleaner.clean(body) + blank(piece, most - at, piece.length);
    await put(piece);
  }
  cleaner.finish?.();
  return changed;
}

/** What follows the head of zstd1, whose first byte is its length: 1, or 3 with the number 1 and a flag. */
function behindHead(piece: Uint8Array): Uint8Array {
  const head = piece[0];
  const isKnown = head === 1 || (head === 3 && piece[1] === 1 && (piece[2] as number) <= 1);
  if (isKnown) return piece.subarray(head);
  return refuseDeid(
    "Zstandard subblocks with a head that is known",
    "one with another head",
    "save the slide in ZEN again",
  );
}

function findingsOf(found: CziFound, { blanked }: KeptPicture): DeidFinding[] {
  const removed = (where: string, what: string): DeidFinding => ({ where, what, action: "removed" });
  return [
    ...found.attachments.map((what) => removed("attachments", what)),
    ...(found.withMetadata > 0 ? [removed("subblocks", `metadata of ${found.withMetadata} subblocks`)] : []),
    ...(found.withAttachments > 0 ? [removed("subblocks", `attachments of ${found.withAttachments} subblocks`)] : []),
    ...(found.isXmlReduced ? [{ where: "metadata", what: "XML", action: "reduced" } as const] : []),
    ...(found.hasGuids ? [{ where: "file header", what: "GUIDs", action: "emptied" } as const] : []),
    ...(blanked > 0 ? [{ where: "subblocks", what: `text inside ${blanked} blocks`, action: "blanked" } as const] : []),
  ];
}
