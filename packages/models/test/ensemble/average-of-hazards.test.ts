/** Hazards by interval: an average tells survival only where all members mean the same intervals. */
import { type SurviveTask, unwrap } from "@nacre/core";
import { readModelMetadata } from "@nacre/graph";
import { describe, expect, it } from "vitest";
import { PLAIN_LOSS } from "../../src/head/head.ts";
import { headOf } from "../../src/head/registry.ts";
import { averageModels } from "../../src/index.ts";
import { encodeFitted } from "../../src/model/encode-fitted.ts";
import { initialise } from "../../src/train/initialise.ts";
import { weightSpecs } from "../../src/train/program.ts";
import { classifyDesign, infoOf } from "../design.ts";

const task: SurviveTask = { kind: "survive", time: "days", event: "dead", intervals: 2 };

/** A model of two intervals that end at the given times. */
function modelOf(times: readonly number[]): Uint8Array {
  const facts = { times };
  const design = { ...classifyDesign({ name: "mean" }, { d: 3, k: 2 }), task, head: headOf(task, facts, PLAIN_LOSS) };
  return encodeFitted(design, initialise(weightSpecs(design), 1), { ...infoOf(design), facts });
}

function outputsOf(onnx: Uint8Array): string[] {
  return unwrap(readModelMetadata(onnx)).outputs.map(({ name }) => name);
}

describe("the average of hazard models", () => {
  it("tells survival by interval where the intervals are the same", () => {
    expect(outputsOf(averageModels([modelOf([5, 9]), modelOf([5, 9])]))).toContain("survival");
  });

  it("tells the risk alone where they end at other times", () => {
    const outputs = outputsOf(averageModels([modelOf([5, 9]), modelOf([6, 9])]));
    expect(outputs).toContain("risk");
    expect(outputs).not.toContain("survival");
  });
});
