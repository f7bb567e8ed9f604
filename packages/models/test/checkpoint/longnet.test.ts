import { existsSync, readFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { longnetCheckpoint } from "../../src/checkpoint/longnet.ts";
import { compareWithOriginal } from "../../src/checkpoint/parity.ts";

const file = new URL("../../../../../shared/data/golden/longnet_tiny.json", import.meta.url);

describe.skipIf(!existsSync(file))("the slide encoder, against shared/data/golden/longnet_tiny.json", () => {
  const json = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
  const compare = (changed: object = {}) =>
    compareWithOriginal(longnetCheckpoint, { ...json, ...changed }, openSession);

  it("agrees to 1e-6 in every hidden state and in what leaves the encoder, by mean and by class token", async () => {
    const { outputs, worst } = unwrap(await compare());
    expect(Object.keys(outputs)).toEqual(Object.keys(json.expected));
    expect(worst).toBeLessThan(1e-6);
  });

  it("says which keys are missing, unknown or of another shape", async () => {
    const missing = Object.fromEntries(Object.entries(json.weights).filter(([key]) => key !== "norm.bias"));
    const message = async (weights: object): Promise<string> => {
      const outcome = await compare({ weights });
      return outcome.ok ? "" : `${outcome.failure.kind} ${outcome.failure.received}`;
    };
    expect(await message(missing)).toContain("bad-weights keys missing: norm.bias");
    expect(await message({ ...json.weights, "encoder.layers.0.ffn.gate.weight": [1] })).toContain(
      "bad-weights encoder.layers.0.ffn.gate.weight",
    );
    expect(await message({ ...json.weights, "norm.bias": [1, 2] })).toContain("bad-weights");
  });

  it("names the tile whose coordinates lie beyond the grid", async () => {
    const coords = json.coords.map((xy: number[], i: number) => (i === 4 ? [2560, 0] : xy));
    const outcome = await compare({ coords });
    expect(outcome.ok ? "" : outcome.failure.received).toBe("tile 4 at x 2560, y 0");
  });
});
