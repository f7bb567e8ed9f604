import { randomStream, unwrap } from "@nacre/core";
import type { Session } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { explain, predict, ranking } from "../../src/index.ts";
import { encodeFitted } from "../../src/model/encode-fitted.ts";
import { initialise } from "../../src/train/initialise.ts";
import { weightSpecs } from "../../src/train/program.ts";
import { classifyDesign, infoOf } from "../design.ts";
import { noiseBag } from "../planted-bags.ts";

const D = 5;
let session: Session;
beforeAll(async () => {
  const design = classifyDesign({ name: "mean" }, { d: D, k: 2 });
  session = await openSession(encodeFitted(design, initialise(weightSpecs(design), 3), infoOf(design)));
});
afterAll(() => session.close());

it("the mean of n tiles loses (c_i - mean of the others) when tile i goes, c_i its contribution times n, over n", async () => {
  const bag = noiseBag(12, D, randomStream(1, "mean"));
  const { contribution, logits, bias } = unwrap(await predict(session, bag));
  const { values, columns, rest, error, runs } = unwrap(await explain(session, bag, "occlusion"));
  expect([columns, rest, error, runs]).toEqual([2, null, null, 13]);
  for (let i = 0; i < 12; i++) {
    for (let c = 0; c < 2; c++) {
      const own = contribution[2 * i + c] as number;
      const others = (((logits[c] as number) - (bias[c] as number) - own) * 12) / 11;
      const fall = own + others * (11 / 12) - others;
      expect(Math.abs((values[2 * i + c] as number) - fall)).toBeLessThan(1e-5);
    }
  }
});

it("a budget is kept, and the tiles of a group share its fall", async () => {
  const bag = noiseBag(100, D, randomStream(2, "mean"));
  const { runs, values, unit } = unwrap(await explain(session, bag, "occlusion", { budget: 10 }));
  expect(runs).toBeLessThanOrEqual(11);
  expect(new Set(ranking({ values, columns: 2, isSigned: true }, [1, 0])).size).toBe(runs - 1);
  expect(unit).toContain("neighbouring tiles");
});

it("nothing is left of a bag of one tile", async () => {
  const refused = await explain(session, noiseBag(1, D, randomStream(3, "one")), "occlusion");
  expect(refused.ok ? null : refused.failure.kind).toBe("too-few");
});
