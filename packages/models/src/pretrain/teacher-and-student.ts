/** A teacher and a student at work on one bag at a time: views are drawn, the teacher speaks, the student's gradients are summed. */
import type { Bag, Random } from "@nacre/core";
import type { OpenSession, Session, TensorData } from "@nacre/graph";
import type { WeightSpec } from "../aggregator/aggregator.ts";
import { bagFeeds, type Tiles } from "../train/bag-feeds.ts";
import { drawSubBag, hideTiles } from "./draw-sub-bags.ts";
import { type Mover, openMover } from "./mover.ts";
import { scalarFeed, scalarFeeds } from "./scalars.ts";
import { type Distilled, studentGraph, teacherGraph } from "./self-distillation.ts";
import type { SubBagOptions } from "./sub-bag-options.ts";

export interface Pair {
  readonly mover: Mover;
  readonly learned: readonly WeightSpec[];
  /** Adds the gradients of a bag; answers its loss. */
  see(bag: Bag, id: string, chance: Chance): Promise<number>;
  /** Once a step: the centres follow what the teacher has said in it. */
  moveCentres(): void;
  close(): Promise<void>;
}

export interface Chance {
  readonly temperature: number;
  readonly random: Random;
  /** Is handed each answer of the teacher on a whole sub-bag. */
  readonly onAnswer: (target: Float32Array) => void;
}

export async function openPair(design: Distilled, options: SubBagOptions, open: OpenSession): Promise<Pair> {
  const { h, prototypes: k, aggregator } = design;
  const { threads, local, batch, maxTiles } = options;
  const whole = studentGraph(design, "global");
  const part = studentGraph(design, "local");
  const sessions: Session[] = [];
  for (const onnx of [teacherGraph(design), whole.onnx, part.onnx]) sessions.push(await open(onnx, { threads }));
  const [teacher, large, small] = sessions as [Session, Session, Session];
  const mover = await openMover(whole.learned, { ...options, hasTeacher: true }, open);
  const centres = { centre: runningCentre(k, options), tileCentre: runningCentre(k, options) };
  const recent = recentEmbeddings(h, batch);
  const feedsOf = (tiles: Tiles, id: string) =>
    bagFeeds(tiles, null, { places: aggregator.usesPlaces === true, covariates: 0 }, id);
  const pairs = 2 + 2 * local;

  return {
    mover,
    learned: whole.learned,
    async see(bag, id, { temperature, random, onAnswer }) {
      const globals = [0, 1].map(() => drawSubBag(bag, [options.globalLeast, options.globalMost], maxTiles, random));
      const taught: Record<string, TensorData>[] = [];
      for (const tiles of globals) {
        const fixed = { centre: centres.centre.now(), tileCentre: centres.tileCentre.now() };
        const said = await teacher.run({
          ...mover.teacher(),
          ...feedsOf(tiles, id),
          ...fixed,
          temperature: scalarFeed(temperature),
        });
        centres.centre.add(said.logits as TensorData);
        if (said.tileLogits !== undefined) centres.tileCentre.add(said.tileLogits);
        onAnswer(said.target?.data as Float32Array);
        taught.push(said);
      }
      const targets = taught.map(({ target }) => target as TensorData) as [TensorData, TensorData];
      const others = recent.without(id);
      let loss = 0;
      for (const [i, tiles] of globals.entries()) {
        const hidden = hideTiles(tiles.n, { chance: options.hideChance, share: options.hideShare }, random);
        const told = taught[i]?.tileTarget;
        const out = await mover.add(large, {
          ...mover.weights(),
          ...feedsOf(tiles, id),
          target: targets[1 - i] as TensorData,
          others: others ?? { data: new Float32Array(h), dims: [1, h] },
          ...scalarFeeds({
            share: 1 / pairs,
            tileShare: options.tileWeight / 2,
            spread: others === null ? 0 : options.spreadWeight / 2,
          }),
          hidden: { data: hidden, dims: [tiles.n, 1] },
          ...(told === undefined ? {} : { tileTarget: told }),
        });
        loss += Number(out.loss?.data[0]);
      }
      const target = average(targets);
      for (let i = 0; i < local; i++) {
        const tiles = drawSubBag(bag, [options.localLeast, options.localMost], maxTiles, random);
        const out = await mover.add(small, {
          ...mover.weights(),
          ...feedsOf(tiles, id),
          target,
          share: scalarFeed(2 / pairs),
        });
        loss += Number(out.loss?.data[0]);
      }
      recent.add(id, taught[0]?.embedding?.data as Float32Array);
      return loss;
    },
    moveCentres() {
      centres.centre.move();
      centres.tileCentre.move();
    },
    async close() {
      for (const session of sessions) await session.close();
      await mover.close();
    },
  };
}

/** c <- m c + (1 - m) mean of what was added since the last move (Caron 2021, equation 4). */
function runningCentre(k: number, { centreMomentum: m }: SubBagOptions) {
  const centre = new Float32Array(k);
  const sum = new Float64Array(k);
  let count = 0;
  return {
    now: (): TensorData => ({ data: centre, dims: [1, k] }),
    add({ data }: TensorData) {
      for (let j = 0; j < k; j++) sum[j] = (sum[j] as number) + Number(data[j]);
      count += 1;
    },
    move() {
      for (let j = 0; j < k && count > 0; j++) {
        centre[j] = m * (centre[j] as number) + ((1 - m) * (sum[j] as number)) / count;
      }
      sum.fill(0);
      count = 0;
    },
  };
}

/** What the teacher made of the bags of about the last step. */
function recentEmbeddings(h: number, most: number) {
  const kept: { readonly id: string; readonly row: Float32Array }[] = [];
  return {
    add(id: string, row: Float32Array) {
      kept.push({ id, row: Float32Array.from(row) });
      if (kept.length > most) kept.shift();
    },
    /** Those of other bags, [m, h]; null where there is none. */
    without(id: string): TensorData | null {
      const rows = kept.filter((other) => other.id !== id);
      const data = new Float32Array(rows.length * h);
      for (const [i, { row }] of rows.entries()) data.set(row, i * h);
      return rows.length === 0 ? null : { data, dims: [rows.length, h] };
    },
  };
}

function average([a, b]: readonly [TensorData, TensorData]): TensorData {
  const other = b.data as Float32Array;
  return {
    data: Float32Array.from(a.data as Float32Array, (value, j) => (value + (other[j] as number)) / 2),
    dims: a.dims,
  };
}
