/** What was dropped: feature files and one table of labels, brought together by slide. What does not fit is told, never dropped unsaid. */
import { type Bag, checkBag, fail, type Outcome, ok, slideIdOf, unwrap } from "@nacre/core";
import { cohortOfTable } from "@nacre/evaluation";
import { parseBag } from "@nacre/features";
import { type BagSource, keptInMemory } from "@nacre/models";
import { decodeTable, parseTable, type Table } from "@nacre/pipeline/referee";
import type { LabelColumn, Looked, Note } from "./message.ts";

/** Files read, and what is known of them. */
export interface Dropped {
  readonly table: Table;
  /** Only the bags that can be used. */
  readonly bags: BagSource;
  readonly looked: Looked;
}

const TABLE = /\.(csv|tsv|txt)$/i;
const FEATURES = /\.(h5|hdf5|npy|npz|pt|pth|safetensors)$/i;
/** Bytes of features kept in memory; the rest is read from its file each time. */
const KEPT_BYTES = 2 ** 30;

/** Failures: bad-usage (no table or several, no features), duplicate-id, nothing-usable, and what is wrong with the table. */
export async function look(files: readonly File[], tell: (stage: string) => void): Promise<Outcome<Dropped>> {
  const tables = files.filter(({ name }) => TABLE.test(name));
  const [only] = tables;
  if (only === undefined || tables.length > 1) return notOneTable(tables);
  const table = await tableOf(only);
  if (!table.ok) return table;
  const columns = labelColumns(table.value);
  if (!columns.ok) return columns;
  const named = new Map<string, File>();
  for (const file of files.filter(({ name }) => FEATURES.test(name))) {
    const id = bagId(file.name);
    if (named.has(id)) return twice(id);
    named.set(id, file);
  }
  if (named.size === 0) return noFeatures(files.length);
  const bags = keptInMemory(bagsOfFiles(named), KEPT_BYTES);
  const slides = slidesOf(table.value);
  const wanted = [...named.keys()].filter((id) => slides.has(id));
  const usable: string[] = [];
  const spoilt: Note[] = [];
  let [tiles, d] = [0, 0];
  for (const [i, id] of wanted.entries()) {
    tell(`reading features, ${i + 1} of ${wanted.length}`);
    const bag = await usableBag(bags, id);
    if (!bag.ok) {
      const { expected, received, remedy } = bag.failure;
      spoilt.push({
        title: `${named.get(id)?.name} is left out`,
        text: `Expected ${expected}; received ${received}. To do: ${remedy}.`,
      });
      continue;
    }
    usable.push(id);
    tiles += bag.value.n;
    d = bag.value.d;
  }
  if (usable.length === 0) return nothingUsable([...named.keys()], [...slides], spoilt);
  const notes = [...spoilt, ...strangers(files, [...named.keys()], slides)];
  const looked: Looked = { kind: "looked", columns: columns.value, bags: usable.length, tiles, d, notes };
  return ok({ table: table.value, bags: { ids: usable, load: (id) => bags.load(id) }, looked });
}

/** The slide a file or a path in the table stands for: its last part without the extension. */
export function bagId(path: string): string {
  return slideIdOf((path.split(/[/\\]/).at(-1) ?? path).replace(FEATURES, ""));
}

async function tableOf(file: File): Promise<Outcome<Table>> {
  const bytes = await bytesOf(file);
  if (!bytes.ok) return bytes;
  const text = decodeTable(bytes.value, file.name);
  return text.ok ? parseTable(text.value, file.name) : text;
}

async function bytesOf(file: File): Promise<Outcome<Uint8Array>> {
  try {
    return ok(new Uint8Array(await file.arrayBuffer()));
  } catch {
    return fail("unreadable-file", {
      expected: "a file that can be read",
      received: `${file.name}, which is a folder, was changed or was moved since it was chosen`,
      remedy: "choose the files again",
    });
  }
}

function bagsOfFiles(named: ReadonlyMap<string, File>): BagSource {
  return {
    ids: [...named.keys()],
    async load(id) {
      const file = named.get(id);
      if (file === undefined) throw new RangeError(`expected a dropped file, received ${id}`);
      const bytes = await bytesOf(file);
      return bytes.ok ? parseBag(bytes.value, file.name) : bytes;
    },
  };
}

async function usableBag(bags: BagSource, id: string): Promise<Outcome<Bag>> {
  const bag = await bags.load(id);
  return bag.ok ? checkBag(bag.value, id) : bag;
}

/** Columns with two classes or more, the obvious one first. */
function labelColumns(table: Table): Outcome<readonly LabelColumn[]> {
  const plain = cohortOfTable(table);
  if (!plain.ok) return plain;
  const obvious = plain.value.labelColumn;
  const ids = new Set(["slide", "slide_id", "patient", "patient_id", "case", "case_id"]);
  const columns = table.header.flatMap((name) => {
    if (ids.has(name.toLowerCase())) return [];
    const read = cohortOfTable(table, { label: name });
    return read.ok && read.value.task !== null ? [{ name, classes: read.value.task.classes }] : [];
  });
  if (columns.length > 0) return ok(columns.sort((a, b) => Number(b.name === obvious) - Number(a.name === obvious)));
  const asked = table.header.find((name) => /^(label|labels|target|class|y)$/i.test(name));
  if (asked !== undefined) return asFailure(cohortOfTable(table, { label: asked }), table);
  return asFailure(plain, table);
}

function asFailure(read: Outcome<unknown>, table: Table): Outcome<never> {
  if (!read.ok) return read;
  return fail("missing-column", {
    expected: "a column with two classes or more, beside the slides",
    received: `${table.header.join(", ")} in ${table.file}`,
    remedy: "add a column label with the class of each slide",
  });
}

function slidesOf(table: Table): ReadonlySet<string> {
  return new Set(unwrap(cohortOfTable(table)).rows.map(({ path }) => bagId(path)));
}

function strangers(files: readonly File[], bags: readonly string[], slides: ReadonlySet<string>): Note[] {
  const unlabelled = bags.filter((id) => !slides.has(id));
  const bagless = [...slides].filter((id) => !bags.includes(id));
  const others = files.filter(({ name }) => !TABLE.test(name) && !FEATURES.test(name)).map(({ name }) => name);
  return [
    noteOf(
      unlabelled,
      "without a row in the table, and left out",
      "Add their slides to the table, or leave the files away",
    ),
    noteOf(bagless, "in the table without a feature file, and left out", "Drop their feature files with the others"),
    noteOf(
      others,
      "neither a table nor features, and not read",
      "Features are h5, npy, npz, pt or safetensors; the table is csv",
    ),
  ].flat();
}

function noteOf(names: readonly string[], what: string, remedy: string): Note[] {
  if (names.length === 0) return [];
  return [{ title: `${names.length} ${what}`, text: `${listed(names)}. ${remedy}.` }];
}

function listed(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
}

function notOneTable(tables: readonly File[]): Outcome<never> {
  return fail("bad-usage", {
    expected: "one table of labels (csv or tsv) among the files",
    received: tables.length === 0 ? "none" : listed(tables.map(({ name }) => name)),
    remedy: "drop the feature files together with one table that has a row for each slide",
  });
}

function noFeatures(count: number): Outcome<never> {
  return fail("bad-usage", {
    expected: "feature files (h5, npy, npz, pt, safetensors) beside the table",
    received: `none among ${count === 1 ? "1 file" : `${count} files`}`,
    remedy: "drop the files of features with the table, all at once",
  });
}

function twice(id: string): Outcome<never> {
  return fail("duplicate-id", {
    expected: "one feature file a slide",
    received: `two for ${id}`,
    remedy: "keep the one of the encoder you want",
  });
}

function nothingUsable(bags: readonly string[], slides: readonly string[], spoilt: readonly Note[]): Outcome<never> {
  const [first] = spoilt;
  return fail("nothing-usable", {
    expected: "at least one feature file that can be read and has its slide in the table",
    received:
      first === undefined
        ? `files such as ${bags[0]}, rows such as ${slides[0]}`
        : `${bags.length} files, none of use; ${first.title}: ${first.text}`,
    remedy: "name each file after its slide, as the slide column does",
  });
}
