import { type Split, slideIdOf } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { parseSplitTables } from "../../src/split/parse-tables.ts";
import { splitCohort } from "../../src/split/split-cohort.ts";
import { WRITTEN_DIALECTS, type WrittenDialect, writeSplit } from "../../src/split/write-split.ts";
import { cohortOf, row, TASK } from "../../testing/make.ts";

const cohort = cohortOf({ patients: 30, slidesEach: 2 });
const made = splitCohort(cohort, { task: TASK, by: "patient", folds: 3, tune: 0.2, seed: 5, external: ["h3"] });
if (!made.ok) throw new Error(made.failure.kind);
const WHOLE: Split = { ...made.value.split, by: "file" };
const id = slideIdOf;
/** A slide in two parts, numbers that do not start at zero, no tune part, no external one. */
const ODD: Split = {
  by: "file",
  folds: [
    { fold: 2, train: [id("a"), id("b")], tune: [], test: [id("b"), id("c")] },
    { fold: 7, train: [id("c")], tune: [id("a")], test: [id("b")] },
  ],
  external: [],
};
const LISTS: readonly WrittenDialect[] = ["nacre", "clam", "part-files"];

const sorted = (split: Split): Split => ({
  by: "file",
  folds: split.folds.map((f) => ({
    fold: f.fold,
    train: [...f.train].sort(),
    tune: [...f.tune].sort(),
    test: [...f.test].sort(),
  })),
  external: [...split.external].sort(),
});

describe("writeSplit", () => {
  it.each(WRITTEN_DIALECTS.flatMap((d) => [[d, "with a cohort"] as const, [d, "without"] as const]))(
    "reading %s back gives the same split, %s",
    (dialect, way) => {
      for (const split of [WHOLE, ODD]) {
        const rows = way === "without" ? [] : split === WHOLE ? cohort : ["a", "b", "c"].map((slide) => row({ slide }));
        const tables = writeSplit(split, rows, dialect).map(({ name, ...table }) => ({ file: name, ...table }));
        const out = parseSplitTables(tables, way === "without" ? null : rows);
        if (!out.ok) throw new Error(`${out.failure.kind}: ${out.failure.received}`);
        expect(sorted(out.value.split)).toEqual(sorted(split));
        if (LISTS.includes(dialect)) expect(out.value.split).toEqual(split);
      }
    },
  );
  it("writes the names and headers that the tools look for", () => {
    const names = (dialect: WrittenDialect) => writeSplit(WHOLE, cohort, dialect).map((t) => t.name);
    expect(names("clam")).toEqual(["splits_0.csv", "splits_1.csv", "splits_2.csv"]);
    expect(names("clam-bool")[0]).toBe("splits_0_bool.csv");
    expect(names("part-files").slice(0, 4)).toEqual([
      "splits/0/train.csv",
      "splits/0/val.csv",
      "splits/0/test.csv",
      "splits/0/external.csv",
    ]);
    const [folds] = writeSplit(WHOLE, cohort, "patho-bench");
    expect([folds?.name, folds?.header]).toEqual([
      "k=all.tsv",
      ["case_id", "slide_id", "label", "fold_0", "fold_1", "fold_2"],
    ]);
    expect(folds?.rows[0]?.slice(0, 3)).toEqual(["p0", "p0-s0", "yes"]);
  });
  it("names a slide of a folder as its own table does, and finds it again", () => {
    const nested = [{ ...row({ slide: "h1__x.9", patient: "p" }), path: "h1/x.9.svs" }];
    const split: Split = { by: "file", folds: [{ fold: 0, train: [id("h1/x.9")], tune: [], test: [] }], external: [] };
    const [table] = writeSplit(split, nested, "clam");
    expect(table?.rows).toEqual([["0", "h1/x.9", "", ""]]);
  });
  it("refuses a split without folds", () => {
    expect(() => writeSplit({ by: "file", folds: [], external: [] }, [], "clam")).toThrow(RangeError);
  });
});
