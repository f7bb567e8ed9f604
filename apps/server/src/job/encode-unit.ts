/** Does a unit of work: one slide through one encoder, into the run's folder on a shared disk, or through a folder of its own into a store of objects. */
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson, raise, unwrap } from "@nacre/core";
import { RunEncoder } from "@nacre/pipeline";
import { type FeatureStore, openFeatureStore, putSlide, takeSlide } from "./feature-store.ts";
import { mapPath, mapStudy, type PathRule } from "./path-map.ts";
import type { UnitOfWork } from "./queue.ts";
import { openScratch, type Scratch } from "./scratch.ts";
import type { EncodeWork } from "./units-of-run.ts";

export interface UnitDoer {
  do(unit: UnitOfWork, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface UnitDoerOptions {
  readonly maps: readonly PathRule[];
  /** Threads of one encoder. */
  readonly threads: number;
  /** Where slides are encoded before they are put into a store; a folder of the system's where absent. */
  readonly scratch?: string;
}

/** Encoders that are kept open. */
const MOST_OPEN = 3;

/** @returns what does units; it keeps encoders open from one to the next */
export function unitDoer({ maps, threads, scratch }: UnitDoerOptions): UnitDoer {
  const open = new Map<string, Promise<RunEncoder>>();
  const stores = new Map<string, FeatureStore>();
  let own: Promise<Scratch> | null = null;

  const encoderOf = (work: EncodeWork): Promise<RunEncoder> => {
    const study = mapStudy(work.study, maps);
    const key = canonicalJson(study);
    const known = open.get(key);
    open.delete(key);
    const encoder = known ?? RunEncoder.open(study, { threads }).then(unwrap);
    encoder.catch(() => open.delete(key));
    open.set(key, encoder);
    const [oldest] = open.keys();
    // Whoever still encodes with the oldest has its promise; its threads end with the worker.
    if (open.size > MOST_OPEN && oldest !== undefined) open.delete(oldest);
    return encoder;
  };

  return {
    async do(unit, signal) {
      const work = workOf(unit);
      const encoder = await encoderOf(work);
      if (work.store === undefined) {
        unwrap(await encoder.encode(unit.slide, mapPath(work.out, maps), signal));
        return;
      }
      const store = stores.get(work.store) ?? openFeatureStore(work.store, process.env);
      stores.set(work.store, store);
      const run = unit.run ?? "run";
      own ??= openScratch(scratch ?? tmpdir()).catch((error: unknown) => {
        own = null;
        throw error;
      });
      const out = join((await own).path, run);
      mkdirSync(out, { recursive: true });
      // What another attempt has put there already is not made again.
      await takeSlide(store, { run, slide: unit.slide, out, signal });
      unwrap(await encoder.encode(unit.slide, out, signal));
      await putSlide(store, { run, slide: unit.slide, out, signal });
      rmSync(join(out, "features", `${unit.slide}.h5`), { force: true });
    },
    async close() {
      for (const encoder of open.values()) await (await encoder.catch(() => null))?.close();
      (await own?.catch(() => null))?.close();
    },
  };
}

function workOf({ work }: UnitOfWork): EncodeWork {
  if (work.kind === "encode" && typeof work.out === "string" && typeof work.study === "object")
    // Written by `unitsOfRun` of the service; its study was checked there.
    return work as unknown as EncodeWork;
  return raise("bad-usage", {
    expected: "work of the kind encode",
    received: `${String(work.kind)}: the service is of another version than this worker`,
    remedy: "run the worker from the same version",
  });
}
