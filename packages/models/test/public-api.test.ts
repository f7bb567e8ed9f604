import { expect, it } from "vitest";
import * as door from "../src/index.ts";

it("the door has these names and no others", () => {
  expect(Object.keys(door).sort()).toMatchInlineSnapshot(`
    [
      "FIT_DEFAULTS",
      "MODEL_VERSION",
      "aggregators",
      "averageModels",
      "bagsInMemory",
      "chooseAggregator",
      "classWeights",
      "defineAggregator",
      "describeModel",
      "fit",
      "flagOption",
      "integerOption",
      "keptInMemory",
      "modelCard",
      "numberOption",
      "predict",
      "readFitOptions",
      "tileEvidence",
    ]
  `);
});
