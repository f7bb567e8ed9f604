/**
 * Features of every usable slide of a study, from slides or from feature files. Each slide is a step of its own: one
 * failure is one row, and an interrupted run loses at most the slides in hand.
 */
import { mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type CohortRow,
  checkBag,
  describeFailure,
  type Failure,
  type FailureKind,
  fail,
  groupBy,
  isFailureError,
  type Outcome,
  ok,
  unwrap,
} from "@nacre/core";
import type { EncodePool } from "@nacre/features/node";
import type { QualityRow, Tissue } from "@nacre/imaging";
import { inLanes } from "../run/lanes.ts";
import type { Progress } from "../run/progress.ts";
import type { RunFolder, Shard } from "../run/run-folder.ts";
import { guardDisk } from "../run/write-file.ts";
import type { Study } from "../study/read-study.ts";
import { encodeSlide } from "./encode-slide.ts";
import type { Inventory, InventoryItem } from "./inventory.ts";
import { readFeatures } from "./read-places.ts";
import { colourKey } from "./slide-colour.ts";
import { slideQuality } from "./slide-quality.ts";
import type { Extracted, SlideState } from "./slide-state.ts";

export interface ExtractOptions {
  readonly study: Study;
  readonly folder: RunFolder;
  readonly inventory: Inventory;
  /** null where the study brings features. */
  readonly source: {
    readonly pool: EncodePool;
    readonly encoder: { readonly name: string; readonly identity: string };
  } | null;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Static shards: encode only the slides of this shard; the others keep what is already there. */
  readonly shard?: Shard;
  /** Folder inside the run folder where features are written before they are renamed into place: a writer's own, where several may write the same slide. */
  readonly aside?: string;
}

/** Bumped when tissue, tiling or the file layout change in a way that changes features. */
const RECIPE = 2;

/** The state of every row of the cohort, in its order. */
export async function extractFeatures(rows: readonly CohortRow[], options: ExtractOptions): Promise<SlideState[]> {
  const { progress, source } = options;
  const states: SlideState[] = new Array(rows.length);
  let next = 0;
  let done = 0;
  progress.begin(source === null ? "reading features" : "encoding slides", rows.length);
  await inLanes((source?.pool.threads ?? 0) + 1, options.signal, async (signal) => {
    while (next < rows.length) {
      const i = next++;
      const row = rows[i] as CohortRow;
      const became = await stateOf(row, i, { ...options, signal });
      states[i] = became;
      progress.advance(++done, row.slide);
      progress.became?.(row.slide, became.state, became.failure);
    }
  });
  progress.end();
  return source === null ? refuseOtherSpaces(states) : states;
}

/** What becomes of one row, the `index`-th of the cohort: encoded or imported where that was not done yet. */
export async function stateOf(row: CohortRow, index: number, options: ExtractOptions): Promise<SlideState> {
  options.signal.throwIfAborted();
  const { inventory, shard } = options;
  const known = knownState(row, inventory);
  if (known !== null) return known;
  const item = inventory.items.get(row.slide) as InventoryItem;
  const mine = shard === undefined || index % shard.count === shard.index;
  const extracted = await contain(row, () =>
    options.source === null ? importOne(row, item, options) : extractOne(row, item, options, mine),
  );
  // Work that was stopped is not a fault of the slide.
  options.signal.throwIfAborted();
  return extracted.ok
    ? { row, state: "ready", extracted: extracted.value, failure: null }
    : failedState(row, extracted.failure);
}

/** The state of a slide that needs no work; null where there is a file to encode. */
export function knownState(row: CohortRow, inventory: Inventory): SlideState | null {
  if (row.label === null) return { row, state: "unlabelled", extracted: null, failure: null };
  const removed = inventory.duplicates.removed.get(row.slide);
  if (removed !== undefined) return { row, state: "removed", extracted: null, failure: removed };
  const failure = inventory.failures.get(row.slide);
  return failure === undefined ? null : failedState(row, failure);
}

function failedState(row: CohortRow, failure: Failure): SlideState {
  return { row, state: "failed", extracted: null, failure };
}

type Note = Omit<Extracted, "features" | "slideFile" | "hash" | "sha256" | "quality">;

async function extractOne(
  row: CohortRow,
  item: InventoryItem,
  options: ExtractOptions,
  mine: boolean,
): Promise<Outcome<Extracted>> {
  const { study, folder, source, signal } = options;
  if (source === null) throw new TypeError("expected an encoder to extract with, received none");
  const output = join("features", `${row.slide}.h5`);
  const name = `extract-${row.slide}`;
  const dependsOn = {
    ...{ recipe: RECIPE, sha256: item.sha256, mpp: row.mpp, tiles: study.tiles, encoder: source.encoder },
    ...colourKey(study.tiles),
  };
  let step = folder.steps.recall<Note>(name, dependsOn);
  let tissue: Tissue | undefined;
  if (step === null) {
    if (!mine) return OTHER_SHARD;
    const { tiles, encoder } = study;
    folder.steps.forget(name);
    const written = options.aside === undefined ? output : join(options.aside, `${row.slide}.h5`);
    const note = await encodeSlide(item.path, folder.file(written), {
      slide: row.slide,
      given: row.mpp,
      tiles,
      encoder,
      pool: source.pool,
      signal,
      found: (survey) => {
        tissue = survey.tissue;
      },
    });
    if (!note.ok) return note;
    if (written !== output) placeFile(folder, written, output);
    step = folder.steps.remember<Note>(name, dependsOn, [output], note.value);
  }
  const checked = await qualityOf(row, item, options, tissue);
  return ok({
    ...step.note,
    warnings: [...step.note.warnings, ...checked.warnings],
    quality: checked.quality,
    features: folder.file(output),
    slideFile: item.path,
    sha256: item.sha256,
    hash: step.hash,
  });
}

function placeFile(folder: RunFolder, from: string, to: string): void {
  guardDisk(to, () => {
    mkdirSync(folder.file(dirname(to)), { recursive: true });
    renameSync(folder.file(from), folder.file(to));
  });
}

/** Squares that sharpness is measured on in a run: fewer than in `nacre tissue --quality`, since every slide waits for it. */
const QUALITY_SQUARES = 16;
/** Bumped when quality control changes. */
const QUALITY_RECIPE = 1;

interface Checked {
  readonly quality: QualityRow | null;
  readonly warnings: readonly string[];
}

/** Quality is a step of its own, so that a change of its rules encodes nothing anew. A slide is flagged by it, never dropped. */
async function qualityOf(
  row: CohortRow,
  item: InventoryItem,
  { folder, signal }: ExtractOptions,
  tissue: Tissue | undefined,
): Promise<Checked> {
  const name = `quality-${row.slide}`;
  const dependsOn = { recipe: QUALITY_RECIPE, sha256: item.sha256, mpp: row.mpp };
  const known = folder.steps.recall<Checked>(name, dependsOn);
  if (known !== null) return known.note;
  const found = tissue === undefined ? {} : { tissue };
  const checked = await slideQuality(item.path, { given: row.mpp, squares: QUALITY_SQUARES, signal, ...found });
  // A run that is stopped knows nothing of the slide.
  if (!checked.ok && checked.failure.kind === "cancelled") return unwrap(checked);
  const note = checked.ok
    ? { quality: checked.value, warnings: checked.value.flags.map((flag) => `quality: ${flag}`) }
    : { quality: null, warnings: [`quality was not checked: ${describeFailure(checked.failure)}`] };
  return folder.steps.remember<Checked>(name, dependsOn, [], note).note;
}

const OTHER_SHARD = fail("unfinished", {
  expected: "this slide to be encoded",
  received: "a slide of another shard, not there yet",
  remedy: "run the other shards, then run once more without --shard",
});

async function importOne(row: CohortRow, item: InventoryItem, { folder }: ExtractOptions): Promise<Outcome<Extracted>> {
  const name = `import-${row.slide}`;
  const dependsOn = { recipe: RECIPE, sha256: item.sha256, mpp: row.mpp };
  let note = folder.steps.recall<Note>(name, dependsOn)?.note;
  if (note === undefined) {
    const bag = await readFeatures(item.path, row.mpp);
    if (!bag.ok) return bag;
    const checked = checkBag(bag.value, row.slide);
    if (!checked.ok) return checked;
    const { n, d, space, meta } = bag.value;
    const side = bag.value.side ?? meta.stride;
    note = {
      tiles: n,
      d,
      space,
      side,
      placed: meta.frame === "level-0" && side !== null,
      width: null,
      height: null,
      mpp: row.mpp,
      mppSource: row.mpp === null ? null : "given",
      mppInFile: null,
      tissueMm2: null,
      penShare: null,
      synthetic: false,
      warnings: [],
    };
    folder.steps.remember<Note>(name, dependsOn, [], note);
  }
  return ok({ ...note, quality: null, features: item.path, slideFile: null, sha256: item.sha256, hash: item.sha256 });
}

/** Failures of the machine, not of the slide: they end the run. */
const WORLDLY: ReadonlySet<FailureKind> = new Set(["disk-full", "no-permission", "cancelled"]);

/** A defect met on one slide is a failure of that slide: one bad file in ten thousand never ends a run. */
async function contain<T>(row: CohortRow, body: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw error;
    if (isFailureError(error)) {
      if (WORLDLY.has(error.failure.kind)) throw error;
      return { ok: false, failure: error.failure };
    }
    return fail("internal", {
      expected: `to get through ${row.path}`,
      received: error instanceof Error ? error.message : String(error),
      remedy: "leave the slide out, and please report it with this message: it is a defect of Nacre",
    });
  }
}

/** All bags of a study live in one space: slides of another dimension or encoder than most become failures. */
function refuseOtherSpaces(states: readonly SlideState[]): SlideState[] {
  const ready = states.flatMap((s) => (s.extracted === null ? [] : [s.extracted]));
  const d = mostCommon(ready.map((e) => String(e.d)));
  const known = ready.filter((e) => String(e.d) === d && e.space !== "unknown");
  const space = mostCommon(known.map((e) => e.space));
  return states.map((s) => {
    if (s.extracted === null) return s;
    if (String(s.extracted.d) !== d) return failedState(s.row, otherDimension(s.extracted, d).failure);
    const { space: own } = s.extracted;
    return own === "unknown" || own === space ? s : failedState(s.row, otherEncoder(s.extracted, space).failure);
  });
}

function mostCommon(names: readonly string[]): string {
  const [first] = [...groupBy(names, (n) => n)].sort((a, b) => b[1].length - a[1].length);
  return first?.[0] ?? "unknown";
}

function otherDimension(extracted: Extracted, usual: string) {
  return fail("dimension-mismatch", {
    expected: `${usual} features a tile, as in most slides of this cohort`,
    received: `${extracted.d} in ${extracted.features}`,
    remedy: "encode this slide with the same encoder as the others",
  });
}

function otherEncoder(extracted: Extracted, usual: string) {
  return fail("encoder-mismatch", {
    expected: `features of ${usual}, as in most slides of this cohort`,
    received: `features of ${extracted.space} in ${extracted.features}`,
    remedy: "encode this slide with the same encoder, tiles and colours as the others",
  });
}
