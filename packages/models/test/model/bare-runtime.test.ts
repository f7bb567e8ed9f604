import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { randomStream, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { afterAll, describe, expect, it } from "vitest";
import { fit, predict } from "../../src/index.ts";
import { relativeError } from "../golden.ts";
import { noiseBag, plantBags } from "../planted-bags.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-bare-"));
const script = fileURLToPath(new URL("./bare-runtime.mjs", import.meta.url));
const task = { kind: "classify", label: "y", classes: ["no", "yes"], positive: "yes" } as const;

afterAll(() => rmSync(folder, { recursive: true }));

/** One that pools tiles, one that scores by a rule of its own. */
describe.each([
  { name: "abmil", hidden: 8, attention: 4 },
  { name: "dsmil", query: 4 },
])("a fitted $name", (aggregator) => {
  it("answers alike in a program that knows ONNX Runtime and nothing else", async () => {
    const { source: bags, labelled } = plantBags({ bags: 8, d: 5, tiles: [5, 9], share: 0.2, distance: 2, seed: 4 });
    const options = { epochs: 2, seed: 1 };
    const model = unwrap(await fit({ task, aggregator, options, bags, train: labelled, tune: [], openSession }));
    const bag = noiseBag(6, 5, randomStream(9, "bare"));
    const session = await openSession(model.onnx);
    const ours = unwrap(await predict(session, bag));
    await session.close();
    const file = join(folder, `${aggregator.name}.onnx`);
    writeFileSync(file, model.onnx);
    const bare = JSON.parse(
      execFileSync(process.execPath, [script, file, JSON.stringify([...bag.features]), "6"], { encoding: "utf8" }),
    );
    expect(Object.keys(bare).sort()).toEqual(
      ["attention", "bias", "contribution", "embedding", "logits", "probabilities"].sort(),
    );
    for (const name of ["probabilities", "logits", "attention", "contribution"] as const) {
      expect(relativeError(bare[name], [...ours[name]]), name).toBeLessThan(1e-6);
    }
  });
});
