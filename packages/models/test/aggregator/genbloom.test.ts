import { describe, expect, it } from "vitest";
import { countOf } from "../../src/train/initialise.ts";
import { weightSpecs } from "../../src/train/program.ts";
import { classifyDesign } from "../design.ts";
import { aggregatorContract } from "./aggregator-contract.ts";

const spec = { name: "genbloom", heads: 2, headWidth: 8, layers: 2, ratio: 1 };
/** Its blocks are those of set-transformer, which is asked to find the planted tiles. */
aggregatorContract(spec, { finds: null, lr: 3e-3, isBlindToCopies: false });

describe("genbloom", () => {
  it("has about the 43 million weights that are published, for 768 features", () => {
    const specs = weightSpecs(classifyDesign({ name: "genbloom" }, { d: 768, k: 2 }));
    const encoder = specs.filter(({ name }) => !name.startsWith("head."));
    expect(encoder.reduce((total, one) => total + countOf(one), 0)).toBe(43_129_344);
  });
});
