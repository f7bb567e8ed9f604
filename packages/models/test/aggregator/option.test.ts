import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { readOptions } from "../../src/aggregator/option.ts";
import { aggregators, chooseAggregator, flagOption, integerOption, numberOption } from "../../src/index.ts";
import { countOf } from "../../src/train/initialise.ts";
import { weightSpecs } from "../../src/train/program.ts";
import { classifyDesign } from "../design.ts";

const table = {
  hidden: integerOption(8, { min: 1, max: 64 }, "width"),
  rate: numberOption(0.5, { min: 0, max: 1 }, "share"),
  gated: flagOption(true, "gate"),
};

describe("readOptions", () => {
  it("fills in what is not given", () => {
    expect(unwrap(readOptions(table, { rate: 0.25 }, "test"))).toEqual({ hidden: 8, rate: 0.25, gated: true });
  });

  it.each([
    ["hidden", 8.5, "a whole number from 1 to 64"],
    ["hidden", 0, "a whole number from 1 to 64"],
    ["hidden", "8", "a whole number from 1 to 64"],
    ["rate", Number.NaN, "a number from 0 to 1"],
    ["gated", 1, "true or false"],
  ])("refuses %s: %s, and says what it wants", (name, value, wanted) => {
    const read = readOptions(table, { [name]: value }, "test");
    expect(read).toMatchObject({ ok: false, failure: { kind: "bad-study" } });
    if (!read.ok) expect(read.failure.expected).toContain(wanted);
  });

  it("does not take names of Object for options", () => {
    expect(readOptions(table, { constructor: 1 }, "test")).toMatchObject({ ok: false });
  });
});

describe("the registry", () => {
  it("tells every aggregator with its source and the meaning of its options", () => {
    const names = aggregators().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining(["mean", "max", "top-k", "per-tile", "abmil", "clam-sb", "clam-mb", "dsmil"]),
    );
    for (const { title, paper, options } of aggregators()) {
      expect(title.length * paper.length).toBeGreaterThan(0);
      for (const option of Object.values(options)) expect(option.meaning.length).toBeGreaterThan(5);
    }
  });

  it("puts the dropout of a fit in place of the aggregator's own, but not over one given to the aggregator", () => {
    expect(unwrap(chooseAggregator({ name: "abmil" }, 0.1)).options.dropout).toBe(0.1);
    expect(unwrap(chooseAggregator({ name: "abmil", dropout: 0.4 }, 0.1)).options.dropout).toBe(0.4);
    expect(unwrap(chooseAggregator({ name: "mean" }, 0.1)).options).toEqual({});
  });

  it("gives clam-sb the size that is published for 1,024 features, less the offset of the score", () => {
    const size = weightSpecs(classifyDesign({ name: "clam-sb" }, { d: 1024, k: 2 })).reduce(
      (sum, spec) => sum + countOf(spec),
      0,
    );
    expect(size).toBe(790_793 - 2 - 1);
  });
});
