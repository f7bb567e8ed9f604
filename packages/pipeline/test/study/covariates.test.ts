import { type CohortRow, caseId, patientId, type Split, slideIdOf } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { codeCovariates, encodeCovariates, lackingCovariate } from "../../src/study/covariates.ts";
import { cellOf } from "../../src/study/read-cohort.ts";

const row = (name: string, columns: Record<string, string>): CohortRow => ({
  slide: slideIdOf(name),
  path: name,
  patient: patientId(name),
  case: caseId(name),
  site: null,
  label: "x",
  mpp: null,
  columns,
});

const ROWS = [
  row("a", { sex: "female", age: "40" }),
  row("b", { sex: "male", age: "60" }),
  row("c", { sex: "female", age: "40" }),
  row("d", { sex: "male", age: "60" }),
  row("e", { sex: "male", age: "90" }),
];
const ids = (names: string): ReturnType<typeof slideIdOf>[] => [...names].map(slideIdOf);
const SPLIT: Split = {
  by: "patient",
  folds: [
    { fold: 0, train: ids("ab"), tune: [], test: ids("cd") },
    { fold: 1, train: ids("cd"), tune: [], test: ids("ab") },
  ],
  external: ids("e"),
};

describe("covariates", () => {
  it("are categories one-hot and numbers centred and scaled by what is fitted on, external slides aside", () => {
    const coded = codeCovariates(["sex", "age"], ROWS, SPLIT, cellOf);
    expect(coded.ok && coded.value.coding).toEqual([
      { column: "sex", kind: "category", levels: ["female", "male"] },
      { column: "age", kind: "number", mean: 50, deviation: 10 },
    ]);
    expect(coded.ok && [...coded.value.numbers.values()]).toEqual([
      [1, 0, -1],
      [0, 1, 1],
      [1, 0, -1],
      [0, 1, 1],
      [0, 1, 4],
    ]);
  });

  it("of none are no numbers", () => {
    const coded = codeCovariates([], ROWS, SPLIT, cellOf);
    expect(coded.ok && [...coded.value.numbers.values()].every((numbers) => numbers.length === 0)).toBe(true);
  });

  it("refuse a level that the train part of a fold lacks, by slide and fold", () => {
    const rows = ROWS.map((r) => (r.slide === "a" ? row("a", { sex: "unsaid", age: "40" }) : r));
    const coded = codeCovariates(["sex"], rows, SPLIT, cellOf);
    expect(coded.ok ? null : [coded.failure.kind, coded.failure.received]).toEqual([
      "bad-value",
      "`female` for c (fold 0)",
    ]);
  });

  it("refuse a level that only an external slide has", () => {
    const rows = [...ROWS.slice(0, 4), row("e", { sex: "unsaid", age: "1" })];
    const coded = codeCovariates(["sex"], rows, SPLIT, cellOf);
    expect(coded.ok ? null : coded.failure.received).toBe("`unsaid` for e");
  });

  it("refuse a word among numbers of new slides, and a value that is missing", () => {
    const age = { column: "age", kind: "number", mean: 50, deviation: 10 } as const;
    const word = encodeCovariates([age], cellOf(row("n", { age: "old" })), "n");
    const none = encodeCovariates([age], cellOf(row("n", { age: "NA" })), "n");
    expect([word, none].map((o) => (o.ok ? null : o.failure.kind))).toEqual(["bad-value", "no-covariates"]);
    expect(lackingCovariate(["age"], cellOf(row("n", { age: "" })), "n")?.expected).toContain("age for n");
    expect(lackingCovariate(["age"], cellOf(row("n", { age: "3" })), "n")).toBeNull();
  });

  it("with one value for all teach nothing and are refused", () => {
    const coded = codeCovariates(
      ["sex"],
      ROWS.map((r) => ({ ...r, columns: { sex: "male" } })),
      SPLIT,
      cellOf,
    );
    expect(coded.ok ? null : coded.failure.kind).toBe("bad-value");
  });
});
