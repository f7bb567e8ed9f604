/**
 * Several teachers into one small encoder of tiles. The teachers are features, already computed of each tile as it is; the student sees parts of
 * the tile, turned and mirrored, and learns to say what they say. What comes out is an ONNX file for the encoder contract
 * (docs/encoder-contract.md): pixels in, features out, any number of tiles. The linear maps to the teachers are thrown away.
 */
import { attempt, type Outcome, type Random, raise, randomStream, unwrap } from "@nacre/core";
import type { OpenSession } from "@nacre/graph";
import { readOptions } from "../aggregator/option.ts";
import { rateAt } from "../train/schedule.ts";
import { moments } from "../train/standardise.ts";
import { DISTIL_OPTIONS, type DistilOptions } from "./distil-options.ts";
import type { TeacherFacts } from "./imitate.ts";
import { drawLook, PIXEL_MEAN, PIXEL_STD, WHOLE, writePlanes } from "./pixel-batch.ts";
import type { StudentShape } from "./student.ts";
import { openStudent, type StudentLearner } from "./student-learner.ts";

/** What a teacher says of every tile. */
export interface Teacher {
  readonly name: string;
  /** Row-major [n, d], in the order of the tiles. */
  readonly features: Float32Array<ArrayBuffer>;
  readonly d: number;
  /** Share in the loss. Default 1. */
  readonly weight?: number;
}

export interface DistilRequest {
  /** Tiles of one size: those of the train part alone. */
  readonly tiles: {
    readonly n: number;
    /** Side in pixels, a multiple of 32. */
    readonly size: number;
    /** RGB, row-major, size x size x 3 bytes. */
    load(i: number): Uint8Array | Promise<Uint8Array>;
  };
  readonly teachers: readonly Teacher[];
  readonly options?: Partial<DistilOptions>;
  readonly openSession: OpenSession;
  readonly signal?: AbortSignal;
  readonly onEpoch?: (epoch: number, loss: number) => void;
}

export interface Distilled {
  /** Input `pixels` [n, 3, size, size], each value (pixel / 255 - mean) / std; output `features` [n, dim]. */
  readonly onnx: Uint8Array;
  readonly output: "features";
  readonly dim: number;
  readonly size: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** Numbers learned that the file keeps. */
  readonly parameters: number;
  /** Mean loss of each epoch. */
  readonly losses: readonly number[];
  /** Mean cosine between what the student says of the tiles kept aside and what each teacher does, standardised; null where none were kept. */
  readonly agreement: readonly { readonly teacher: string; readonly cosine: number | null }[];
}

/** Failures: bad-study (options, teachers, size), too-few (tiles), not-finite (a teacher's features), diverged, cancelled. */
export function distil(request: DistilRequest): Promise<Outcome<Distilled>> {
  return attempt(async () => {
    const options = unwrap(readOptions(DISTIL_OPTIONS, request.options ?? {}, "distillation"));
    const { tiles, openSession } = request;
    checkRequest(request);
    const { learned, kept } = divide(tiles.n, options);
    const batch = Math.min(options.batch, learned.length);
    const teachers = request.teachers.map((teacher) => factsOf(teacher, learned));
    const shape: StudentShape = { size: tiles.size, dim: options.dim, width: options.width, isDeep: options.deep };
    const crop = 32 * Math.max(1, Math.round((options.crop * tiles.size) / 32));
    const student = await openStudent(shape, teachers, { ...options, batch, crop }, openSession);
    try {
      const losses = await runEpochs(student, request, { ...options, batch, cropSide: crop, learned });
      const onnx = student.encode(false);
      const rgb = (value: number): [number, number, number] => [value, value, value];
      return {
        onnx,
        output: "features",
        dim: options.dim,
        size: tiles.size,
        mean: rgb(PIXEL_MEAN),
        std: rgb(PIXEL_STD),
        parameters: student.parameters,
        losses,
        agreement: await agreementOf(student, request, { teachers, kept }),
      } satisfies Distilled;
    } finally {
      await student.close();
    }
  });
}

interface Run extends DistilOptions {
  /** In pixels. */
  readonly cropSide: number;
  readonly learned: readonly number[];
}

async function runEpochs(student: StudentLearner, request: DistilRequest, run: Run): Promise<number[]> {
  const { signal, onEpoch } = request;
  const { epochs, batch, lr, seed, learned, cropSide } = run;
  const perEpoch = Math.floor(learned.length / batch);
  const steps = epochs * perEpoch;
  const pixels = new Float32Array(batch * 3 * cropSide * cropSide);
  const losses: number[] = [];
  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const random = randomStream(seed, "distil", epoch);
    const order = random.shuffled(learned);
    let total = 0;
    for (let at = 0; at < perEpoch; at++) {
      signal?.throwIfAborted();
      step += 1;
      const group = order.slice(at * batch, (at + 1) * batch);
      await fillPixels(request, group, { cropSide, random, into: pixels });
      const rate = rateAt("cosine", lr, step, steps, Math.round(run.warmup * steps));
      total += await student.step(
        pixels,
        request.teachers.map((t) => rowsOf(t, group)),
        { step, lr: rate, share: 1 },
      );
    }
    const mean = total / perEpoch;
    if (!Number.isFinite(mean)) {
      raise("diverged", {
        expected: "a finite loss",
        received: `none in epoch ${epoch}`,
        remedy: `lower lr (it is ${lr})`,
      });
    }
    losses.push(mean);
    onEpoch?.(epoch, mean);
  }
  return losses;
}

interface Filling {
  readonly cropSide: number;
  readonly random: Random;
  readonly into: Float32Array;
}

async function fillPixels({ tiles }: DistilRequest, group: readonly number[], { cropSide, random, into }: Filling) {
  for (const [row, i] of group.entries()) {
    const rgb = checkPixels(await tiles.load(i), tiles.size, i);
    writePlanes(rgb, tiles.size, cropSide, drawLook(tiles.size, cropSide, random), into, row * 3 * cropSide * cropSide);
  }
}

/** How well the student imitates on whole tiles that it has not learned from. */
async function agreementOf(
  student: StudentLearner,
  { tiles, openSession }: DistilRequest & { readonly openSession: OpenSession },
  { teachers, kept }: { readonly teachers: readonly FullFacts[]; readonly kept: readonly number[] },
): Promise<Distilled["agreement"]> {
  if (kept.length === 0) return teachers.map(({ name }) => ({ teacher: name, cosine: null }));
  const session = await openSession(student.encode(true));
  const sums = teachers.map(() => 0);
  try {
    for (const i of kept) {
      const data = new Float32Array(3 * tiles.size * tiles.size);
      writePlanes(checkPixels(await tiles.load(i), tiles.size, i), tiles.size, tiles.size, WHOLE, data);
      const out = await session.run({ pixels: { data, dims: [1, 3, tiles.size, tiles.size] } });
      for (const [
        t,
        {
          features,
          d,
          standardisation: { mean, deviation },
        },
      ] of teachers.entries()) {
        const taught = features
          .slice(i * d, (i + 1) * d)
          .map((value, j) => (value - (mean[j] as number)) / (deviation[j] as number));
        sums[t] = (sums[t] as number) + cosine(out[`said.${t}`]?.data as Float32Array, taught);
      }
    }
  } finally {
    await session.close();
  }
  return teachers.map(({ name }, t) => ({ teacher: name, cosine: (sums[t] as number) / kept.length }));
}

interface FullFacts extends TeacherFacts, Omit<Teacher, "weight"> {}

/** A teacher with the moments of its features over the tiles that are learned from. */
function factsOf({ weight = 1, ...teacher }: Teacher, learned: readonly number[]): FullFacts {
  const features = rowsOf(teacher, learned);
  const n = learned.length;
  const seen = moments(teacher.d);
  seen.add({ features, n, d: teacher.d, x: new Int32Array(n), y: new Int32Array(n), side: null, space: teacher.name });
  return { ...teacher, weight, standardisation: seen.standardisation() };
}

function rowsOf({ features, d }: Teacher, rows: readonly number[]): Float32Array<ArrayBuffer> {
  const out = new Float32Array(rows.length * d);
  for (const [row, i] of rows.entries()) out.set(features.subarray(i * d, (i + 1) * d), row * d);
  return out;
}

function divide(n: number, { tuneShare, seed }: DistilOptions) {
  const order = randomStream(seed, "distil", "aside").shuffled(Array.from({ length: n }, (_, i) => i));
  const aside = Math.min(n - 2, Math.round(tuneShare * n));
  return { kept: order.slice(0, aside), learned: order.slice(aside) };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [along, aa, bb] = [0, 0, 0];
  for (let j = 0; j < a.length; j++) {
    const [x, y] = [a[j] as number, b[j] as number];
    along += x * y;
    aa += x * x;
    bb += y * y;
  }
  return along / Math.max(Math.sqrt(aa * bb), 1e-12);
}

function checkPixels(rgb: Uint8Array, size: number, i: number): Uint8Array {
  if (rgb.length === 3 * size * size) return rgb;
  throw new RangeError(
    `expected ${3 * size * size} bytes of tile ${i}, RGB of ${size} x ${size}; received ${rgb.length}`,
  );
}

function checkRequest({ tiles, teachers }: DistilRequest): void {
  const isGood = Number.isInteger(tiles.size / 32) && tiles.size > 0;
  if (!isGood) {
    raise("bad-study", {
      expected: "tiles whose side is a multiple of 32 pixels",
      received: String(tiles.size),
      remedy: "cut tiles of 224 pixels",
    });
  }
  if (teachers.length === 0) {
    raise("bad-study", { expected: "at least one teacher", received: "none", remedy: "name an encoder" });
  }
  if (tiles.n < 4) {
    raise("too-few", { expected: "at least 4 tiles to learn from", received: String(tiles.n), remedy: "add tiles" });
  }
  for (const { name, features, d, weight = 1 } of teachers) {
    if (features.length !== tiles.n * d) {
      throw new RangeError(`expected ${tiles.n} x ${d} features of ${name}, received ${features.length} numbers`);
    }
    if (!(weight > 0 && Number.isFinite(weight))) {
      raise("bad-study", { expected: `a weight above 0 for ${name}`, received: String(weight), remedy: "correct it" });
    }
    const at = features.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      raise("not-finite", {
        expected: `finite features of ${name}`,
        received: `${features[at]} of tile ${Math.floor(at / d)}`,
        remedy: "encode the tiles again, or leave this one out",
      });
    }
  }
}
