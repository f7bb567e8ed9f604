/**
 * One slide of a study at a time, for workers that share a queue: what a run does for that slide, left in the run's folder so
 * that the run finds it done. The same slide may be done by two at once: each writes aside under a name of its own, what is
 * there already is left as it is, and the record of the step is written last.
 */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { attempt, type CohortRow, fail, mpp, type Outcome, unwrap } from "@nacre/core";
import { checkTiles } from "@nacre/features";
import { EncodePool, openEncoder } from "@nacre/features/node";
import { hashSlide } from "../run/fingerprint.ts";
import { placesOf, sweepDead } from "../run/leftovers.ts";
import { silent } from "../run/progress.ts";
import { RunFolder } from "../run/run-folder.ts";
import { readCohort } from "../study/read-cohort.ts";
import type { Study } from "../study/read-study.ts";
import { findDuplicates } from "./duplicates.ts";
import { stateOf } from "./extract-features.ts";
import { locateSlide } from "./locate.ts";
import type { Extracted } from "./slide-state.ts";

export interface RunEncoderOptions {
  /** Threads that encode tiles; 1. */
  readonly threads?: number;
}

/** What is done to make features of a slide: equal options and an equal slide give equal features. */
export interface Encoding {
  readonly name: string;
  readonly identity: string;
  readonly tiles: Study["tiles"];
}

/** Has an encoder in hand, and threads. Close it. */
export class RunEncoder {
  readonly study: Study;
  readonly encoding: Encoding;
  readonly #rows: ReadonlyMap<string, { readonly row: CohortRow; readonly index: number }>;
  readonly #pool: EncodePool;
  readonly #name = `worker-${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}`;
  readonly #swept = new Set<string>();
  #serial = 0;

  private constructor(study: Study, encoding: Encoding, rows: readonly CohortRow[], threads: number) {
    this.study = study;
    this.encoding = encoding;
    this.#rows = new Map(rows.map((row, index) => [row.slide as string, { row, index }]));
    this.#pool = new EncodePool({ threads });
  }

  /** Reads the cohort and opens the encoder. Failures: of the study, of the cohort, bad-encoder, encoder-mismatch. */
  static open(study: Study, { threads = 1 }: RunEncoderOptions = {}): Promise<Outcome<RunEncoder>> {
    return attempt(async () => {
      const { rows } = unwrap(readCohort(study));
      const encoder = unwrap(await openEncoder(study.encoder));
      try {
        const { card } = encoder;
        unwrap(checkTiles(card, { size: study.tiles.size, mpp: mpp(study.tiles.mpp) }));
        const encoding = { name: card.name, identity: card.identity, tiles: study.tiles };
        return new RunEncoder(study, encoding, rows, threads);
      } finally {
        await encoder.close();
      }
    });
  }

  /** The slides that want features, as cohort and run call them, each with its file. */
  get slides(): readonly { readonly slide: string; readonly path: string }[] {
    const rows = [...this.#rows.values()].filter(({ row }) => row.label !== null);
    return rows.map(({ row }) => ({ slide: row.slide, path: this.#place(row) }));
  }

  /**
   * Makes the features of a slide in the run folder `out`; quick where they are there. Failures: what is wrong with the slide;
   * locked (a whole run works in the folder), missing-file (also of a slide that the cohort does not name), cancelled, disk-full, no-permission.
   */
  async encode(slide: string, out: string, signal: AbortSignal): Promise<Outcome<Extracted>> {
    const found = this.#rows.get(slide);
    if (found === undefined) return unknownSlide(slide);
    const name = `${this.#name}-${++this.#serial}`;
    const joined = await RunFolder.join(out, name);
    if (!joined.ok) return joined;
    const { aside, lock } = placesOf(name);
    try {
      if (!this.#swept.has(out)) {
        this.#swept.add(out);
        // What others left and this process may not remove is no failure of the slide.
        await attempt(() => sweepDead(out));
      }
      return await attempt(() => this.#encode(found, joined.value, aside, signal));
    } finally {
      rmSync(joined.value.file(aside), { recursive: true, force: true });
      rmSync(joined.value.file(lock), { force: true });
      joined.value.close();
    }
  }

  async #encode(
    { row, index }: { readonly row: CohortRow; readonly index: number },
    folder: RunFolder,
    aside: string,
    signal: AbortSignal,
  ): Promise<Extracted> {
    const path = this.#place(row);
    const item = { path, sha256: unwrap(hashSlide(path)) };
    const inventory = {
      items: new Map([[row.slide, item]]),
      failures: new Map(),
      duplicates: findDuplicates([row], new Map([[row.slide, item.sha256]])),
    };
    const { study, encoding } = this;
    const source = { pool: this.#pool, encoder: { name: encoding.name, identity: encoding.identity } };
    const state = await stateOf(row, index, { study, folder, inventory, source, aside, progress: silent, signal });
    if (state.extracted !== null) return state.extracted;
    return unwrap(state.failure === null ? unlabelled(row.slide) : { ok: false, failure: state.failure });
  }

  #place(row: CohortRow): string {
    return unwrap(locateSlide(this.study.slides ?? "", row));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

function unknownSlide(slide: string): Outcome<never> {
  return fail("missing-file", {
    expected: "a slide that the cohort of the study names",
    received: slide,
    remedy: "start the study again: its cohort has changed since",
  });
}

function unlabelled(slide: string): Outcome<never> {
  return fail("bad-usage", {
    expected: "a slide with a label",
    received: `${slide}, which has none`,
    remedy: "start the study again: its cohort has changed since",
  });
}
