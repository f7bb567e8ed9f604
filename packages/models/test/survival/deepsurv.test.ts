/**
 * Cox regression on the splits published with DeepSurv (Katzman and others 2018), beside the indices that the paper prints for
 * its own Cox regression. Harrell's index is counted here pair by pair, so that nothing judges itself.
 */
import { unwrap } from "@nacre/core";
import { Dataset, File, ready } from "h5wasm/node";
import { describe, expect, it } from "vitest";
import { fitCox, logRelativeHazard } from "../../src/survival/cox.ts";
import { hasCohorts, pathOf } from "./cohort.ts";

const PUBLISHED = [
  ["whas", "whas_train_test.h5", 0.81762],
  ["support", "support_train_test.h5", 0.58287],
  ["metabric", "metabric_IHC4_clinical_train_test.h5", 0.630618],
  ["gbsg", "gbsg_cancer_train_test.h5", 0.65775],
] as const;

function readPart(file: File, part: string) {
  const read = (name: string) => {
    const entry = file.get(`${part}/${name}`);
    if (!(entry instanceof Dataset)) throw new Error(`expected ${part}/${name} in the file`);
    return { values: Float64Array.from(entry.value as Float32Array | Int32Array), shape: entry.shape ?? [] };
  };
  const x = read("x");
  const [n = 0, d = 0] = x.shape;
  return { x: { values: x.values, n, d }, followUp: { time: read("t").values, event: read("e").values } };
}

function concordance({ time, event }: { time: Float64Array; event: Float64Array }, risk: Float64Array): number {
  let right = 0;
  let pairs = 0;
  for (let i = 0; i < time.length; i++) {
    if (event[i] !== 1) continue;
    for (let j = 0; j < time.length; j++) {
      const later = (time[j] as number) > (time[i] as number) || (time[j] === time[i] && event[j] === 0);
      if (!later) continue;
      pairs++;
      right += (risk[i] as number) > (risk[j] as number) ? 1 : risk[i] === risk[j] ? 0.5 : 0;
    }
  }
  return right / pairs;
}

describe.skipIf(!hasCohorts)("Cox regression on the DeepSurv splits (skipped where ../shared/data is absent)", () => {
  it.each(PUBLISHED)("has the published index on %s within 0.005", async (name, fileName, published) => {
    await ready;
    const file = new File(pathOf(`survival_deepsurv/${fileName}`), "r");
    const [train, test] = [readPart(file, "train"), readPart(file, "test")];
    file.close();
    const model = unwrap(fitCox(train.x, train.followUp));
    const index = concordance(test.followUp, logRelativeHazard(model, test.x));
    console.info(`${name}: ${index.toFixed(4)}, published ${published.toFixed(4)}`);
    expect(Math.abs(index - published)).toBeLessThan(0.005);
  });
});
