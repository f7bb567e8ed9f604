import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bag, type ClassifyTask, randomStream, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { writeSyntheticSlide } from "@nacre/imaging/node";
import { bagsInMemory, fit as fitModel } from "@nacre/models";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitLine } from "../../examples/differentiate-a-graph.ts";
import { inventRows, judge } from "../../examples/judge-predictions.ts";
import { predictWithModel } from "../../examples/predict-with-model.ts";
import { slideToBag } from "../../examples/slide-to-bag.ts";

const task: ClassifyTask = { kind: "classify", label: "kind", classes: ["plain", "marked"], positive: "marked" };

describe("the examples", () => {
  const folder = mkdtempSync(join(tmpdir(), "nacre-examples-"));
  let bag: Bag;
  beforeAll(async () => {
    const slide = join(folder, "slide.svs");
    await writeSyntheticSlide(slide, { seed: 5, width: 1536, height: 1536, tumourShare: 0.1 });
    bag = await slideToBag(slide);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("turn a slide into finite features with a place for each tile", () => {
    expect(bag.n).toBeGreaterThan(3);
    expect(bag.features.length).toBe(bag.n * bag.d);
    expect(bag.features.every(Number.isFinite)).toBe(true);
    expect(bag.x.length).toBe(bag.n);
  });

  it("predict with a model, find the tile that was planted, and refuse features of another encoder by name", async () => {
    const onnx = await fitPlanted(bag);
    const planted = plant(bag, 2);
    const answer = await predictWithModel(onnx, planted);
    expect(answer.probabilities.marked).toBeGreaterThan(0.5);
    expect(answer.strongest).toMatchObject({ x: bag.x[2], y: bag.y[2] });
    await expect(predictWithModel(onnx, { ...bag, space: "other@000000000000" })).rejects.toThrow(/encoder-mismatch/);
  });

  it("judge predictions by patient, each number with its interval", () => {
    const lines = judge(inventRows(60));
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line).toMatch(/^\w+ \d\.\d{3} \(\d\.\d{3} to \d\.\d{3}\), n = 60 patients$/);
  });

  it("fit a line by the gradient of a graph", async () => {
    const { slope, offset, loss } = await fitLine(300);
    expect(slope).toBeCloseTo(3, 1);
    expect(offset).toBeCloseTo(-1, 1);
    expect(loss).toBeLessThan(0.001);
  });
});

/** The bag with one tile moved far away in its first feature. */
function plant(bag: Bag, tile: number): Bag {
  const features = bag.features.slice();
  features[tile * bag.d] = (features[tile * bag.d] ?? 0) + 1000;
  return { ...bag, features };
}

/** A small model that tells bags with a planted tile from the same bags without. */
async function fitPlanted(bag: Bag): Promise<Uint8Array> {
  const random = randomStream(3, "examples");
  const bags = new Map<string, Bag>();
  const labelled = Array.from({ length: 24 }, (_, i) => {
    const noisy = { ...bag, features: bag.features.map((v) => v * (1 + 0.01 * random.normal())) };
    bags.set(`b${i}`, i % 2 === 1 ? plant(noisy, random.below(bag.n)) : noisy);
    return { id: `b${i}`, label: i % 2 };
  });
  const fitted = await fitModel({
    task,
    aggregator: { name: "abmil", hidden: 16, attention: 8, dropout: 0 },
    options: { epochs: 30, lr: 5e-3, seed: 1 },
    bags: bagsInMemory(bags),
    train: labelled.slice(0, 16),
    tune: labelled.slice(16),
    openSession,
  });
  return unwrap(fitted).onnx;
}
