/** Places for secrets in a TIFF: values of tags, XML in them, blocks, a picture more, bytes behind the end. For tests only. */
import type { Random } from "@nacre/core";
import { REMOVED_TAGS } from "../../src/deid/tiff/tags.data.ts";
import { directoryOf, words } from "./edits.ts";
import { coded, type Hidden, plantXml } from "./hidden.ts";

type Directory = ReturnType<typeof directoryOf>;

/** Numbers that stay, in whose place text may stand. */
const NUMBERS = [254, 266, 274, 280, 281, 282, 283, 290, 296, 318, 319, 320, 338, 340, 341, 347, 529, 532, 34675];
const NDPI = [65420, 65422, 65423, 65424, 65426, 65432];
/** BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SLONG, FLOAT, DOUBLE. */
const TYPES = [1, 2, 3, 4, 5, 7, 9, 11, 12];
const SIZE: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 11: 4, 12: 8 };
/** Tags that a picture can do without, so that their entries may become others. */
const SPARE = [254, 255, 266, 270, 274, 280, 282, 283, 296, 305, 306, 700, 65422, 65423, 65424];

/** @throws where the file is too broken to have such a place */
export function plantTiff(bytes: Buffer, secret: Hidden, chance: Random): Buffer {
  const directory = directoryOf(bytes, chance.below(directoriesOf(bytes)));
  switch (chance.below(7)) {
    case 0:
    case 1:
      return inText(bytes, directory, secret, chance);
    case 2:
      return inNumbers(bytes, directory, secret, chance);
    case 3:
      return underOtherTag(bytes, directory, secret, chance);
    case 4:
      return inBlock(bytes, directory, secret, chance);
    case 5:
      return withLabel(bytes, directory, secret);
    default:
      return Buffer.concat([bytes, secret.bytes]);
  }
}

function directoriesOf(bytes: Buffer): number {
  const { read } = words(bytes);
  for (let i = 0; i < 8; i++) {
    const { linkAt, link } = directoryOf(bytes, i);
    if (read(linkAt, link) === 0) return i + 1;
  }
  return 8;
}

/** Where the last byte that a TIFF calls a block lies; 0 where that cannot be told. */
export function endOfBlocks(bytes: Buffer): number {
  try {
    let end = 0;
    for (let i = directoriesOf(bytes) - 1; i >= 0; i--) {
      const directory = directoryOf(bytes, i);
      const [offsets, lengths] = blockEntries(bytes, directory);
      const count = Math.min(words(bytes).read(offsets + 4, directory.word), bytes.length);
      for (let block = 0; block < count; block++) {
        const [from, length] = [offsets, lengths].map((entry) =>
          words(bytes).read(...valueAt(bytes, directory, entry, block)),
        ) as [number, number];
        end = Math.max(end, from + length);
      }
    }
    return end;
  } catch {
    return 0;
  }
}

/** The entries that say where blocks lie and how long they are. */
function blockEntries(bytes: Buffer, directory: Directory): [number, number] {
  const isTiled = tagsOf(bytes, directory).includes(324);
  return [324, 325].map((tag) => directory.entryOf(isTiled ? tag : tag - 51)) as [number, number];
}

/** Place and size of the value `i` of an entry of whole numbers. */
function valueAt(bytes: Buffer, { word }: Directory, entry: number, i: number): [number, number] {
  const { read } = words(bytes);
  const size = { 3: 2, 4: 4, 16: 8 }[read(entry + 2, 2)] ?? 4;
  const count = read(entry + 4, word);
  return [(count * size <= word ? entry + 4 + word : read(entry + 4 + word, word)) + i * size, size];
}

const tagsOf = (bytes: Buffer, { at, n, countSize, entrySize }: Directory): number[] =>
  Array.from({ length: n }, (_, i) => words(bytes).read(at + countSize + i * entrySize, 2));

/** Values behind the end of the file, and an entry that points at them. */
function put(bytes: Buffer, entry: number, { word }: Directory, value: Buffer, type: number): Buffer {
  const { write } = words(bytes);
  const count = Math.ceil(value.length / (SIZE[type] ?? 1));
  write(entry + 2, 2, type);
  write(entry + 4, word, count);
  const padded = Buffer.alloc(count * (SIZE[type] ?? 1));
  value.copy(padded);
  if (padded.length <= word) {
    padded.copy(bytes, entry + 4 + word);
    return bytes;
  }
  write(entry + 4 + word, word, bytes.length);
  return Buffer.concat([bytes, padded]);
}

/** A text that is there, with a secret at its end or, in XML, at any place. */
function inText(bytes: Buffer, directory: Directory, secret: Hidden, chance: Random): Buffer {
  const tag = tagsOf(bytes, directory).find((each) => [270, 305, 700].includes(each)) ?? 270;
  const entry = directory.entryOf(tag);
  const { read } = words(bytes);
  const { word } = directory;
  const from = read(entry + 4 + word, word);
  const before = bytes.toString("utf8", from, from + read(entry + 4, word)).replace(/\0+$/, "");
  const shapes = [`${before}|User = ${secret.text}`, `${before}|MPP = ${secret.text}`, `${before} ${secret.text}`];
  const after = before.includes("<")
    ? plantXml(before, secret, chance)
    : (shapes[chance.below(shapes.length)] as string);
  return put(bytes, entry, directory, Buffer.from(`${after}\0`), tag === 700 ? 1 : 2);
}

function inNumbers(bytes: Buffer, directory: Directory, secret: Hidden, chance: Random): Buffer {
  const tags = tagsOf(bytes, directory).filter((tag) => NUMBERS.includes(tag) || NDPI.includes(tag));
  const tag = tags[chance.below(Math.max(1, tags.length))] as number;
  return put(bytes, directory.entryOf(tag), directory, secret.bytes, TYPES[chance.below(TYPES.length)] as number);
}

function underOtherTag(bytes: Buffer, directory: Directory, secret: Hidden, chance: Random): Buffer {
  const there = tagsOf(bytes, directory);
  const spare = there.filter((tag) => SPARE.includes(tag));
  const entry = directory.entryOf(spare[chance.below(Math.max(1, spare.length))] as number);
  const lists = [Object.keys(REMOVED_TAGS).map(Number), NUMBERS, [chance.below(65536)]];
  const list = (lists[chance.below(lists.length)] as number[]).filter((tag) => !there.includes(tag));
  words(bytes).write(entry, 2, list[chance.below(Math.max(1, list.length))] as number);
  return put(bytes, entry, directory, secret.bytes, TYPES[chance.below(TYPES.length)] as number);
}

/** One block, moved behind the end of the file, with a comment inside or text behind its end. */
function inBlock(bytes: Buffer, directory: Directory, secret: Hidden, chance: Random): Buffer {
  const { read, write } = words(bytes);
  const [offsets, lengths] = blockEntries(bytes, directory);
  const i = chance.below(read(offsets + 4, directory.word));
  const place = (entry: number): [number, number] => valueAt(bytes, directory, entry, i);
  const from = read(...place(offsets));
  const block = bytes.subarray(from, from + read(...place(lengths)));
  const after = coded(block, secret, chance);
  write(...place(offsets), bytes.length);
  write(...place(lengths), after.length);
  return Buffer.concat([bytes, after]);
}

/** A picture more at the end of the chain: a label whose samples spell the secret. */
function withLabel(bytes: Buffer, directory: Directory, secret: Hidden): Buffer {
  const { read } = words(bytes);
  const last = directoryOf(bytes, directoriesOf(bytes) - 1);
  if (directory.link > directory.word || read(last.linkAt, last.link) !== 0)
    throw new RangeError("expected a plain TIFF");
  const side = 8;
  const samples = Buffer.alloc(side * side * 3, 200);
  secret.bytes.copy(samples);
  const { word, countSize } = directory;
  const facts: readonly (readonly [number, number])[] = [
    [256, side],
    [257, side],
    [259, 1],
    [262, 2],
    [273, bytes.length],
    [277, 3],
    [278, side],
    [279, samples.length],
  ];
  const out = Buffer.concat([bytes, samples, Buffer.alloc(countSize + facts.length * (4 + 2 * word) + word)]);
  const at = bytes.length + samples.length;
  const later = words(out);
  later.write(at, countSize, facts.length);
  for (const [i, [tag, value]] of facts.entries()) {
    const entry = at + countSize + i * (4 + 2 * word);
    later.write(entry, 2, tag);
    later.write(entry + 2, 2, 4);
    later.write(entry + 4, word, 1);
    later.write(entry + 4 + word, 4, value);
  }
  later.write(last.linkAt, last.link, at);
  return out;
}
