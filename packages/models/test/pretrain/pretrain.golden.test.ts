/** Values recorded from PyTorch in float64 by tools/oracles/torch_pretrain.py. */
import { readFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import type { Session, TensorData } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { afterAll, describe, expect, it } from "vitest";
import { chooseAggregator } from "../../src/index.ts";
import { agree, type Profile } from "../../src/pretrain/profile-feeds.ts";
import { PROFILE_MASK } from "../../src/pretrain/profile-graph.ts";
import { openProfileLearner } from "../../src/pretrain/profile-learner.ts";
import { scalarFeed, scalarFeeds } from "../../src/pretrain/scalars.ts";
import { type Distilled, distilledWeights, studentGraph, teacherGraph } from "../../src/pretrain/self-distillation.ts";
import { identityStandardisation } from "../../src/train/standardise.ts";
import { relativeError } from "../golden.ts";
import { bagOf } from "../planted-bags.ts";

interface Slopes {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly float32Error: { readonly loss: number; readonly gradients: Readonly<Record<string, number>> };
}
type Lists = Readonly<Record<string, readonly number[]>>;
interface View {
  readonly n: number;
  readonly features: readonly number[];
  readonly teacherFeatures: readonly number[];
  readonly others: readonly number[];
  readonly hidden: readonly number[];
  readonly target: readonly number[];
  readonly tileTarget: readonly number[];
  readonly global: Slopes;
  readonly local: Slopes;
}
interface Golden {
  readonly d: number;
  readonly options: Readonly<Record<string, number>>;
  readonly head: readonly [number, number, number];
  readonly temperatures: readonly [number, number];
  readonly views: {
    readonly weights: Lists;
    readonly mean: readonly number[];
    readonly deviation: readonly number[];
    readonly centre: readonly number[];
    readonly tileCentre: readonly number[];
    readonly cases: readonly View[];
  };
  readonly profiles: Slopes & {
    readonly weights: Lists;
    readonly inner: number;
    readonly code: number;
    readonly temperature: number;
    readonly lambda: number;
    readonly dropout: number;
    readonly columns: readonly number[];
    readonly mask: readonly number[];
    readonly profiles: readonly (readonly Profile[])[];
    readonly bags: readonly (readonly number[])[];
  };
}
const golden = JSON.parse(readFileSync(new URL("../golden/pretrain.json", import.meta.url), "utf8")) as Golden;
const { d, options, head, temperatures } = golden;
const h = 6;

const opened: Session[] = [];
const open = async (onnx: Uint8Array): Promise<Session> => {
  const session = await openSession(onnx);
  opened.push(session);
  return session;
};
afterAll(async () => {
  for (const session of opened) await session.close();
});

const table = (values: readonly number[], dims: readonly number[]): TensorData => ({
  data: Float32Array.from(values),
  dims,
});
const chosen = () => unwrap(chooseAggregator({ ...options, name: "genbloom" }));

describe("self-distillation on sub-bags", () => {
  const { views } = golden;
  const [headWidth, bottleneck, prototypes] = head;
  const design: Distilled = {
    ...chosen(),
    standardisation: { mean: Float32Array.from(views.mean), deviation: Float32Array.from(views.deviation) },
    h,
    headWidth,
    bottleneck,
    prototypes,
    studentTemperature: temperatures[0],
  };
  const shapes = new Map(distilledWeights(design).map(({ name, shape }) => [name, shape]));
  const weights = Object.fromEntries(
    Object.entries(views.weights).map(([name, values]) => [name, table(values, shapes.get(name) ?? [])]),
  );
  const sums = Object.fromEntries(
    Object.entries(weights).map(([name, { data, dims }]) => [
      `${name}.sum`,
      { data: new Float32Array(data.length), dims },
    ]),
  );

  it.each(views.cases)(
    "has the teacher's answers of PyTorch on $n tiles",
    async ({ n, teacherFeatures, target, tileTarget }) => {
      const out = await (await open(teacherGraph(design))).run({
        ...weights,
        features: table(teacherFeatures, [n, d]),
        centre: table(views.centre, [1, prototypes]),
        tileCentre: table(views.tileCentre, [1, prototypes]),
        temperature: scalarFeed(temperatures[1]),
      });
      expect(relativeError(out.target?.data as Float32Array, target)).toBeLessThan(1e-5);
      expect(relativeError(out.tileTarget?.data as Float32Array, tileTarget)).toBeLessThan(1e-5);
    },
  );

  it.each(views.cases)("has the student's loss and gradients of PyTorch on $n tiles", async (view) => {
    const { n } = view;
    const told = { target: table(view.target, [1, prototypes]), features: table(view.features, [n, d]) };
    const large = await (await open(studentGraph(design, "global").onnx)).run({
      ...weights,
      ...sums,
      ...told,
      others: table(view.others, [2, h]),
      hidden: table(view.hidden, [n, 1]),
      tileTarget: table(view.tileTarget, [n, prototypes]),
      ...scalarFeeds({ share: 0.25, tileShare: 0.5, spread: 0.1 }),
    });
    compare(large, view.global);
    const small = await (await open(studentGraph(design, "local").onnx)).run({
      ...weights,
      ...sums,
      ...told,
      share: scalarFeed(0.125),
    });
    compare(small, view.local);
  });
});

describe("alignment with profiles", () => {
  const { profiles } = golden;
  const sizes = { ...profiles, h };
  const bags = profiles.bags.map((features, i) => ({
    id: `bag-${i}`,
    profiles: profiles.profiles[i] as readonly Profile[],
    tiles: bagOf(Float32Array.from(features), d),
  }));

  it("has the loss and the gradients of PyTorch, of every weight, though each bag is gone through twice", async () => {
    const weights = Object.fromEntries(
      Object.entries(profiles.weights).map(([name, values]) => [name, Float32Array.from(values)]),
    );
    const learner = await openProfileLearner(
      { ...chosen(), standardisation: identityStandardisation(d), sizes },
      { weightDecay: 0, clipNorm: 1, seed: 1, threads: 1, from: weights },
      openSession,
    );
    const mask = { data: Uint8Array.from(profiles.mask), dims: [bags.length, profiles.inner] };
    const loss = await learner.see(bags, { [PROFILE_MASK]: mask });
    const sums = learner.mover.sums();
    expect(Object.keys(sums).sort()).toEqual(Object.keys(profiles.gradients).sort());
    compare({ loss: scalarFeed(loss), ...sums }, profiles, "");
    await learner.close();
  });

  it("takes patients for one where all that is known of both is the same, and something is", () => {
    expect(agree([1, 0], [1, 0])).toBe(true);
    expect(agree([1, null], [1, 0])).toBe(true);
    expect(agree([1, 0], [1, 1])).toBe(false);
    expect(agree([null, 0], [1, null])).toBe(false);
  });
});

/** Within 5e-6, or twice what PyTorch itself loses of that weight's gradient in single precision. */
function compare(received: Readonly<Record<string, TensorData>>, expected: Slopes, suffix = ".sum.next"): void {
  const allowed = (own: number): number => Math.max(5e-6, 2 * own);
  const { loss, gradients, float32Error } = expected;
  expect(relativeError(received.loss?.data as Float32Array, [loss]), "loss").toBeLessThan(allowed(float32Error.loss));
  for (const [name, slope] of Object.entries(gradients)) {
    const error = relativeError(received[name + suffix]?.data as Float32Array, slope);
    expect(error, name).toBeLessThan(allowed(float32Error.gradients[name] ?? 0));
  }
}
