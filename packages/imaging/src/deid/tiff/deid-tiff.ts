/**
 * De-identifies a file of the TIFF family by writing a new one from what may stay: pictures of the scan, the numbers that describe
 * them, texts reduced to what is allowed. Nothing of the original is copied unseen, so what nobody thought of is left behind.
 */
import type { ByteSource } from "../../bytes/byte-source.ts";
import { drive } from "../../bytes/reading.ts";
import type { Span } from "../../bytes/span.ts";
import { readStart, type TiffStart } from "../../format/tiff-start.ts";
import { TAG } from "../../format/tiff-tags.ts";
import type { ByteSink } from "../byte-sink.ts";
import type { DeidPass } from "../deid-pass.ts";
import { type DeidFinding, type DeidReport, type KeptPicture, refuseDeid } from "../report.ts";
import { type BlockCopy, type CopiedBlocks, copyBlocks } from "./copy-blocks.ts";
import { type KeptEntries, keptEntries, textEntry, type WrittenEntry } from "./entries.ts";
import { blockSpans, directorySpans, leftover } from "./leftover.ts";
import { BLANK_SIDE, type DeidPlan, type KeptDirectory } from "./plan.ts";
import { planDeid } from "./plan-deid.ts";
import { tagName } from "./tags.data.ts";
import { header, headerSize, linkBytes, placeEntry, writeDirectory } from "./write-directory.ts";

interface Kept {
  readonly directory: KeptDirectory;
  readonly entries: KeptEntries;
}

/** @throws FailureError refused, hostile-file, truncated-file, unsupported-format, disk-full */
export async function passTiff(source: ByteSource, { sink, allowUnknown, signal }: DeidPass): Promise<DeidReport> {
  const read = function* () {
    const start = yield* readStart(source.name, source.size, {});
    const plan = yield* planDeid(start);
    const kept: Kept[] = [];
    const stored = plan.blankFirst?.stored;
    for (const directory of [...plan.kept, ...plan.kept.flatMap(({ below }) => below), ...(stored ? [stored] : [])]) {
      kept.push({ directory, entries: yield* keptEntries(start.tiff, directory) });
    }
    return { start, plan, kept };
  };
  const { start, plan, kept } = await drive(read(), source, signal);
  const broken = kept.flatMap(({ entries }) => entries.broken);
  if (broken.length > 0 && sink) {
    refuseDeid(
      "numbers in the tags that pixels hang on",
      broken.slice(0, 20).join("; "),
      "write the slide again, or convert it with nacre slide convert",
    );
  }
  const unknown = kept.flatMap(({ entries }) => entries.unknown);
  if (unknown.length > 0 && sink && !allowUnknown) {
    refuseDeid(
      "tags that are known",
      unknown.slice(0, 20).join("; "),
      "look what they hold; --allow-unknown writes a copy without them",
    );
  }
  const copy: BlockCopy = { source, tiff: start.tiff, sink, written: new Map(), signal };
  const copied = sink ? await write(copy, sink, plan, kept) : await lookAt(copy, kept);
  const pictures = [...copied]
    .filter(([directory]) => directory !== plan.blankFirst?.stored)
    .map(([, { picture }]) => picture);
  const findings = [...findingsOf(plan, kept, pictures), ...(sink ? [] : await beside(copy, plan, copied))];
  return {
    format: plan.format,
    isClean: findings.length === 0,
    isWritten: sink !== null,
    findings,
    kept: [...new Set(kept.flatMap(({ entries }) => entries.entries.map(({ tag }) => tagName(tag))))],
    pictures,
    warnings: warningsOf(plan),
  };
}

type Copied = ReadonlyMap<KeptDirectory, CopiedBlocks>;

async function lookAt(copy: BlockCopy, kept: readonly Kept[]): Promise<Copied> {
  const copied = new Map<KeptDirectory, CopiedBlocks>();
  for (const { directory } of kept) copied.set(directory, await copyBlocks(copy, directory));
  return copied;
}

/** Blocks first, then the directories, then the header that points at them. */
async function write(copy: BlockCopy, sink: ByteSink, plan: DeidPlan, kept: readonly Kept[]): Promise<Copied> {
  const { tiff } = copy;
  const copied = new Map<KeptDirectory, CopiedBlocks>();
  sink.append(new Uint8Array(headerSize(tiff)));
  const blankAt = sink.position;
  if (plan.blankFirst) sink.append(new Uint8Array(BLANK_SIDE * BLANK_SIDE * 3).fill(255));
  for (const { directory } of kept) {
    if (directory !== plan.blankFirst?.stored) copied.set(directory, await copyBlocks(copy, directory));
  }
  const entriesOf = new Map(kept.map(({ directory, entries }) => [directory, entries.entries]));
  const chain: { readonly start: number; readonly link: number }[] = [];
  if (plan.blankFirst) chain.push(writeDirectory(tiff, sink, blankEntries(tiff, plan.blankFirst.texts, blankAt)));
  for (const directory of plan.kept) {
    const below = directory.below.map(
      (each) => writeDirectory(tiff, sink, withPlaces(tiff, each, entriesOf, copied)).start,
    );
    const more = below.length > 0 ? [placeEntry(tiff, TAG.subIfds, below)] : [];
    chain.push(writeDirectory(tiff, sink, [...withPlaces(tiff, directory, entriesOf, copied), ...more]));
  }
  for (const [i, { start }] of chain.entries()) {
    const before = chain[i - 1];
    if (before) sink.patch(before.link, linkBytes(tiff, start));
  }
  sink.patch(0, header(tiff, chain[0]?.start ?? 0));
  return copied;
}

function withPlaces(
  tiff: TiffStart["tiff"],
  directory: KeptDirectory,
  entries: ReadonlyMap<KeptDirectory, readonly WrittenEntry[]>,
  copied: Copied,
): WrittenEntry[] {
  const blocks = copied.get(directory);
  const { isTiled } = directory.page;
  if (!blocks) throw new TypeError("expected the blocks of a picture before its directory, received none");
  return [
    ...(entries.get(directory) ?? []),
    placeEntry(tiff, isTiled ? TAG.tileOffsets : TAG.stripOffsets, blocks.offsets),
    placeEntry(tiff, isTiled ? TAG.tileByteCounts : TAG.stripByteCounts, blocks.lengths),
  ];
}

function blankEntries(tiff: TiffStart["tiff"], texts: ReadonlyMap<number, string>, at: number): WrittenEntry[] {
  const short = (tag: number, ...values: number[]): WrittenEntry => {
    const view = new DataView(new ArrayBuffer(values.length * 2));
    for (const [i, value] of values.entries()) view.setUint16(i * 2, value, tiff.isLittleEndian);
    return { tag, type: 3, count: values.length, bytes: new Uint8Array(view.buffer) };
  };
  return [
    short(TAG.imageWidth, BLANK_SIDE),
    short(TAG.imageLength, BLANK_SIDE),
    short(TAG.bitsPerSample, 8, 8, 8),
    short(TAG.compression, 1),
    short(TAG.photometric, 2),
    short(TAG.samplesPerPixel, 3),
    short(TAG.tileWidth, BLANK_SIDE),
    short(TAG.tileLength, BLANK_SIDE),
    placeEntry(tiff, TAG.tileOffsets, [at]),
    placeEntry(tiff, TAG.tileByteCounts, [BLANK_SIDE * BLANK_SIDE * 3]),
    ...[...texts].map(([tag, text]) => textEntry(tag, text)),
  ];
}

function findingsOf(plan: DeidPlan, kept: readonly Kept[], pictures: readonly KeptPicture[]): DeidFinding[] {
  return [
    ...plan.dropped.map(({ where, what }) => ({ where, what, action: "removed" as const })),
    ...kept.flatMap(({ entries }) => entries.findings),
    ...kept.flatMap(({ entries }) => [...entries.unknown, ...entries.broken].map(unknownFinding)),
    ...pictures
      .filter(({ blanked }) => blanked > 0)
      .map(({ where, blanked }) => ({ where, what: `text inside ${blanked} blocks`, action: "blanked" as const })),
  ];
}

function unknownFinding(each: string): DeidFinding {
  const at = each.indexOf(": ");
  return { where: each.slice(0, at), what: each.slice(at + 2), action: "removed" };
}

/** Bytes outside of what stays; the empty first picture, where it is not empty. */
async function beside({ source, tiff, signal }: BlockCopy, plan: DeidPlan, copied: Copied): Promise<DeidFinding[]> {
  const spans: Span[] = [];
  for (const [directory, blocks] of copied) spans.push(...directorySpans(tiff, directory), ...blockSpans(blocks));
  const found: DeidFinding[] = [];
  const blank = plan.blankFirst?.stored;
  const places = blank && copied.get(blank);
  for (const { offset, length } of places ? blockSpans(places) : []) {
    const bytes = await source.read(offset, length, signal);
    if (bytes.some((byte) => byte !== 255))
      found.push({ where: "directory 0", what: "pixels of the first picture", action: "emptied" });
  }
  const bytes = await leftover(source, tiff, spans, signal);
  if (bytes > 0) found.push({ where: "file", what: `${bytes} bytes outside of what stays`, action: "removed" });
  return found;
}

const warningsOf = (plan: DeidPlan): string[] => [
  "pen, stickers and writing on the tissue itself are pixels of the scan and stay",
  ...(plan.blankFirst
    ? ["an empty picture stands in place of the label or the macro, which readers of the format look for"]
    : []),
];
