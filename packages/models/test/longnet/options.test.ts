import { randomStream, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { chooseAggregator, fit, predict } from "../../src/index.ts";
import { PUBLISHED_BRANCHES } from "../../src/longnet/config.ts";
import { positionTable } from "../../src/longnet/position.ts";
import { segmentsOf } from "../../src/longnet/segment.ts";
import { encodeFitted } from "../../src/model/encode-fitted.ts";
import { initialise } from "../../src/train/initialise.ts";
import { weightSpecs } from "../../src/train/program.ts";
import { classifyDesign, infoOf } from "../design.ts";
import { noiseBag, plantBags } from "../planted-bags.ts";

const small = {
  name: "longnet",
  width: 16,
  layers: 1,
  layer: 1,
  heads: 4,
  ffn: 24,
  segment2: 0,
  segment3: 0,
  segment4: 0,
  segment5: 0,
};

describe("longnet", () => {
  it("has the published branches unless told otherwise", () => {
    expect(PUBLISHED_BRANCHES.map(({ segment }) => segment)).toEqual([1024, 5792, 32768, 185363, 1048576]);
    expect(PUBLISHED_BRANCHES.map(({ ratio }) => ratio)).toEqual([1, 2, 4, 8, 16]);
    const { options } = unwrap(chooseAggregator({ name: "longnet" }));
    expect(options).toMatchObject({ width: 768, layers: 12, heads: 16, layer: 11, segment4: 185363, ratio5: 16 });
  });

  it("codes position 0 as sines of 0 and cosines of 1, and the first angle of position p as p", () => {
    const table = positionTable(5, 4);
    expect([...table.subarray(0, 4)]).toEqual([0, 0, 1, 1]);
    expect(table[4 * 3]).toBeCloseTo(Math.sin(3), 6);
  });

  it("keeps every token of every head exactly once where the ratio is 1, and once in r heads else", () => {
    for (const [ratio, times] of [
      [1, 8],
      [2, 4],
      [3, 3],
      [8, 1],
    ] as const) {
      const counts = new Array<number>(29).fill(0);
      for (const { first, step, count, heads } of segmentsOf(29, 8, { segment: 12, ratio })) {
        for (let i = 0; i < count; i++) counts[first + i * step] = (counts[first + i * step] ?? 0) + heads;
      }
      if (ratio !== 3) expect(new Set(counts)).toEqual(new Set([times]));
      expect(Math.min(...counts)).toBeGreaterThan(0);
    }
  });

  it("refuses a width that its heads do not divide", () => {
    expect(chooseAggregator({ ...small, heads: 5 })).toMatchObject({
      ok: false,
      failure: { kind: "bad-study", expected: "a width of longnet that 5 heads and 4 divide", received: "16" },
    });
    expect(chooseAggregator({ ...small, segment1: 0 })).toMatchObject({ ok: false, failure: { kind: "bad-study" } });
  });

  it("refuses a tile beyond the grid, and one before it, instead of giving it the place of another", async () => {
    const design = classifyDesign({ ...small, grid: 6 }, { d: 4, k: 2 });
    const session = await openSession(encodeFitted(design, initialise(weightSpecs(design), 1), infoOf(design)));
    const bag = noiseBag(7, 4, randomStream(3));
    expect(await predict(session, bag, { name: "slide-7" })).toMatchObject({
      ok: false,
      failure: {
        kind: "out-of-bounds",
        expected: "tiles of slide-7 within the 6 columns and rows that the model knows",
        received: "tile 6 in column 6, row 0",
      },
    });
    const before = await predict(session, { ...bag, x: Int32Array.from({ length: 7 }, () => -256) });
    expect(before.ok ? "" : before.failure.received).toBe("tile 0 in column -1, row 0");
    await session.close();
  });

  it("says before the fit which tile of which slide lies beyond the grid", async () => {
    const planted = plantBags({ bags: 8, d: 4, tiles: [5, 12], share: 0.5, distance: 3, seed: 8 });
    const task = { kind: "classify", label: "y", classes: ["no", "yes"], positive: "yes" } as const;
    const request = { task, bags: planted.source, train: planted.labelled, tune: [], openSession };
    const outcome = await fit({ ...request, aggregator: { ...small, grid: 4 } });
    const id = planted.labelled[0]?.id ?? "";
    expect(outcome.ok ? null : outcome.failure).toMatchObject({
      kind: "out-of-bounds",
      expected: `tiles of ${id} within the 4 columns and rows that the model knows`,
      received: "tile 4 in column 4, row 0",
    });
  });

  it("learns through fit, with dropout and stochastic depth, and lowers its loss", async () => {
    const planted = plantBags({ bags: 16, d: 4, tiles: [5, 12], share: 0.5, distance: 3, seed: 8 });
    const task = { kind: "classify", label: "y", classes: ["no", "yes"], positive: "yes" } as const;
    const aggregator = { ...small, dropout: 0.1, dropPath: 0.1 };
    const { history } = unwrap(
      await fit({
        task,
        aggregator,
        options: { epochs: 12, lr: 3e-3, seed: 1 },
        bags: planted.source,
        train: planted.labelled,
        tune: [],
        openSession,
      }),
    );
    expect(history.at(-1)?.trainLoss).toBeLessThan(0.5 * (history[0]?.trainLoss ?? 0));
  });
});
