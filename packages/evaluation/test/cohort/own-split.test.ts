import { describe, expect, it } from "vitest";
import { ownSplitOf } from "../../src/cohort/own-split.ts";
import { parseSplitTables } from "../../src/split/parse-tables.ts";
import { row } from "../../testing/make.ts";

const cohort = (cells: readonly Readonly<Record<string, string>>[]) =>
  cells.map((columns, i) => row({ slide: `s${i}`, patient: `p${i}`, columns }));

function parsed(cells: readonly Readonly<Record<string, string>>[]) {
  const rows = cohort(cells);
  const own = ownSplitOf("c.csv", rows);
  const out = own.table === null ? null : parseSplitTables([own.table], rows);
  return { own, folds: out?.ok === true ? out.value.split.folds : null };
}

describe("ownSplitOf", () => {
  it("reads a column of parts, an empty or missing part being none", () => {
    const { own, folds } = parsed([
      { split: "train" },
      { split: "val" },
      { split: "test" },
      { split: "NA" },
      { split: "" },
    ]);
    expect(own.columns).toEqual(["split"]);
    expect(folds).toEqual([{ fold: 0, train: ["s0"], tune: ["s1"], test: ["s2"] }]);
  });
  it("reads numbered folds, each tested once", () => {
    const { folds } = parsed([{ fold: "0" }, { fold: "1" }, { fold: "0" }]);
    expect(folds?.map((f) => [f.train, f.test])).toEqual([
      [["s1"], ["s0", "s2"]],
      [["s0", "s2"], ["s1"]],
    ]);
  });
  it("reads a part within a fold, a column for each fold, and a matrix of parts", () => {
    expect(
      parsed([
        { part: "train", fold: "3" },
        { part: "test", fold: "3" },
      ]).folds?.[0],
    ).toMatchObject({ fold: 3, test: ["s1"] });
    expect(
      parsed([
        { fold_0: "train", fold_1: "test" },
        { fold_0: "test", fold_1: "train" },
      ]).folds,
    ).toHaveLength(2);
    const matrix = parsed([
      { train: "True", test: "False" },
      { train: "False", test: "True" },
    ]);
    expect(matrix.folds).toMatchObject([{ train: ["s0"], test: ["s1"] }]);
  });
  it("takes no part of the body, no stage and no single fold for a split", () => {
    for (const cells of [{ part: "left lobe" }, { set: "A" }, { fold: "1" }, { test: "positive" }, { age: "50" }]) {
      expect(ownSplitOf("c.csv", cohort([cells, cells])).table, JSON.stringify(cells)).toBeNull();
    }
  });
  it("names a column in which other words stand among parts, and does not read it", () => {
    const own = ownSplitOf("c.csv", cohort([{ part: "train" }, { part: "test" }, { part: "sometimes" }]));
    expect([own.table, own.passedOver]).toEqual([null, ["part"]]);
  });
});
