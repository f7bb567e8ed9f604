import { type Bag, type ClassifyTask, randomStream, unwrap } from "@nacre/core";
import type { Session } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AggregatorSpec,
  classContrast,
  deletionTest,
  type ExplainMethod,
  type Explanation,
  explain,
  explainMethods,
  faithfulness,
  fit,
  ranking,
  verdictText,
} from "../../src/index.ts";
import { areaUnderCurve } from "../area-under-curve.ts";
import { noiseBag, plantBags } from "../planted-bags.ts";

const task: ClassifyTask = { kind: "classify", label: "y", classes: ["no", "yes"], positive: "yes" };
const yes = classContrast(2, 1);
const planted = plantBags({ bags: 54, d: 4, tiles: [15, 30], share: 0.2, distance: 3, seed: 4 });
const [train, tune] = [planted.labelled.slice(0, 40), planted.labelled.slice(40, 46)];
const positive = planted.labelled.slice(46).filter(({ label }) => label === 1);

/** Each with the methods that find what its model learned; the others are left to the deletion test, which tells them apart. */
const specs: readonly (readonly [AggregatorSpec, number, readonly ExplainMethod[]])[] = [
  [{ name: "abmil", hidden: 16, attention: 8 }, 1e-2, ["contribution", "attention", "occlusion"]],
  [
    { name: "set-transformer", heads: 1, headWidth: 8, layers: 2, dropout: 0 },
    1e-2,
    ["integrated-gradients", "rollout", "occlusion"],
  ],
];

describe.each(specs)("explanations of %o", (aggregator, lr, methods) => {
  let session: Session;
  const loaded = async (id: string): Promise<Bag> => unwrap(await planted.source.load(id));
  beforeAll(async () => {
    const options = { epochs: 6, lr, seed: 1, patience: 25 };
    const request = { task, aggregator, options, bags: planted.source, train, tune, openSession };
    session = await openSession(unwrap(await fit(request)).onnx);
  }, 300_000);
  afterAll(() => session.close());

  it("find a planted tile", async () => {
    for (const method of methods) {
      const areas: number[] = [];
      for (let seed = 0; seed < 4; seed++) {
        const bag = noiseBag(20, 4, randomStream(seed, "one planted"));
        bag.features.fill(3, 7 * 4, 7 * 4 + 3);
        const found: Explanation = unwrap(await explain(session, bag, method));
        areas.push(areaUnderCurve(Array.from(ranking(found, yes), (score, i) => ({ score, label: i === 7 ? 1 : 0 }))));
      }
      expect(areas.reduce((a, b) => a + b, 0) / areas.length, method).toBeGreaterThan(0.9);
    }
  });

  it("by parts of the score are more faithful than random orders, by deletion and by insertion", async () => {
    const [method] = explainMethods(session);
    expect(method).toBe(methods[0]);
    for (const mode of ["deletion", "insertion"] as const) {
      const tests = [];
      for (const { id } of positive) {
        const bag = await loaded(id);
        const signed = ranking(unwrap(await explain(session, bag, method ?? "contribution", { mostRuns: 60 })), yes);
        const rankings = { signed, reversed: signed.map((value) => -value) };
        const test = unwrap(await deletionTest(session, bag, rankings, { towards: yes, mode, draws: 4 }));
        tests.push(test);
        expect(verdictText("signed", test, "log-odds")).toContain("log-odds");
      }
      const { signed, reversed } = faithfulness(tests);
      expect(signed?.bags).toBe(positive.length);
      if (mode === "deletion") expect(signed?.verdicts.faithful).toBeGreaterThan(positive.length / 2);
      expect(signed?.advantage).toBeGreaterThan(0.5);
      expect(reversed?.verdicts.faithful).toBeLessThan(positive.length / 2);
      expect(reversed?.advantage).toBeLessThan((signed?.advantage ?? 0) / 2);
    }
  });

  it("are tested alike whenever they are tested, and a bag of one tile tells nothing", async () => {
    const bag = await loaded(positive[0]?.id ?? "");
    const values = Array.from(bag.features.subarray(0, bag.n));
    const once = unwrap(await deletionTest(session, bag, { values }, { towards: yes, draws: 2 }));
    expect(unwrap(await deletionTest(session, bag, { values }, { towards: yes, draws: 2 }))).toEqual(once);
    const one = noiseBag(1, 4, randomStream(1, "one"));
    const told = unwrap(await deletionTest(session, one, { values: [1] }, { towards: yes, draws: 2 }));
    expect(told.rankings.values?.verdict).toBe("flat");
  });

  it("of another length, and shares that do not grow, are mistakes of the caller", async () => {
    const bag = await loaded(positive[0]?.id ?? "");
    await expect(deletionTest(session, bag, { short: [1] }, { towards: yes })).rejects.toThrow(RangeError);
    const values = new Array<number>(bag.n).fill(0);
    await expect(deletionTest(session, bag, { values }, { towards: yes, shares: [0.5, 0.1] })).rejects.toThrow(
      RangeError,
    );
    await expect(deletionTest(session, bag, { values }, { towards: [1] })).rejects.toThrow(RangeError);
  });
});
