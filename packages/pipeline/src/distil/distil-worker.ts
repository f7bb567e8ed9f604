/** Thread entry: lets the teachers look at every tile once, then fits the student. */
import { parentPort, workerData } from "node:worker_threads";
import { attempt, raise, unwrap } from "@nacre/core";
import type { Encoder } from "@nacre/features";
import { openEncoder } from "@nacre/features/node";
import { openSession } from "@nacre/graph/node";
import type { Raster } from "@nacre/imaging";
import { openSlideFile } from "@nacre/imaging/node";
import { distil } from "@nacre/models";
import type { WorkerAnswer } from "../run/workers.ts";
import type { DistilAnswer, DistilJob, DistilProgress } from "./distil-job.ts";

/** Tiles a teacher sees at a time. */
const BATCH = 8;

const { files, size, teachers, options } = workerData as DistilJob;
const answer = (value: WorkerAnswer<DistilAnswer>): void => parentPort?.postMessage(value);
const tell = (value: DistilProgress): void => answer({ kind: "progress", value });

const result = await attempt(async (): Promise<DistilAnswer> => {
  const tiles: Raster[] = [];
  for (const file of files) tiles.push(await readTile(file));
  const threads = Number(options.threads ?? 1);
  const taught = [];
  const cards: DistilAnswer["teachers"][number][] = [];
  for (const { encoder: place, weight } of teachers) {
    const encoder = unwrap(await openEncoder(place, { size, threads }));
    const { name, dim, licence, mpp } = encoder.card;
    try {
      taught.push({ name, d: dim, weight, features: await encodeAll(encoder, tiles) });
      cards.push({ name, space: encoder.space, licence, mpp });
    } finally {
      await encoder.close();
    }
  }
  const source = { n: tiles.length, size, load: (i: number) => (tiles[i] as Raster).data };
  const onEpoch = (epoch: number, loss: number): void => tell({ kind: "epoch", epoch, loss });
  const made = unwrap(await distil({ tiles: source, teachers: taught, options, openSession, onEpoch }));
  return { ...made, teachers: cards };
});
if (result.ok) answer({ kind: "done", value: result.value });
else answer({ kind: "failed", failure: result.failure });

async function encodeAll(encoder: Encoder, tiles: readonly Raster[]): Promise<Float32Array<ArrayBuffer>> {
  const { dim, name } = encoder.card;
  const all = new Float32Array(tiles.length * dim);
  for (let at = 0; at < tiles.length; at += BATCH) {
    all.set(await encoder.encode(tiles.slice(at, at + BATCH)), at * dim);
    tell({ kind: "teacher", name, tiles: Math.min(at + BATCH, tiles.length) });
  }
  return all;
}

async function readTile(file: string): Promise<Raster> {
  const slide = unwrap(await openSlideFile(file));
  try {
    const { width, height } = slide.info;
    if (width !== size || height !== size) {
      raise("bad-value", {
        expected: `tiles of ${size} x ${size} pixels`,
        received: `${width} x ${height} in ${file}`,
        remedy: "cut all tiles to one size and name it with --size",
      });
    }
    return unwrap(await slide.read({ x: 0, y: 0, width, height, level: 0 }));
  } finally {
    slide.close();
  }
}
