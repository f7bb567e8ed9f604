import { describe, expect, it } from "vitest";
import { countOf } from "../../src/train/initialise.ts";
import { weightSpecs } from "../../src/train/program.ts";
import { classifyDesign } from "../design.ts";
import { aggregatorContract } from "./aggregator-contract.ts";

/** On the 60 planted bags of the contract it memorises (docs/methods/transmil.md), so nothing is demanded on unseen ones. */
const spec = { name: "transmil", heads: 2, headWidth: 8, landmarks: 8, iterations: 3 };
aggregatorContract(spec, { finds: null, lr: 1e-3, isBlindToCopies: false });

describe("transmil", () => {
  it("has as many weights as the published one for 1,024 features and two classes", () => {
    const specs = weightSpecs(classifyDesign({ name: "transmil" }, { d: 1024, k: 2 }));
    expect(specs.reduce((total, one) => total + countOf(one), 0)).toBe(2_672_146);
  });
});
