import { readFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { checkpointOf, compareWithOriginal } from "../../src/index.ts";

/** Recorded from PyTorch in float64 by tools/oracles/torch_transformers.py. */
const text = readFileSync(new URL("../golden/parity-transmil.json", import.meta.url), "utf8");
const file = () => JSON.parse(text) as { weights: Record<string, unknown>; expected: Record<string, unknown> };
const compare = (recorded: unknown) => compareWithOriginal(unwrap(checkpointOf("transmil")), recorded, openSession);

describe("a transmil file", () => {
  it("is answered as the original answers, to float32 rounding", async () => {
    const { outputs, worst } = unwrap(await compare(file()));
    expect(Object.keys(outputs)).toEqual(["logits", "Y_prob"]);
    expect(worst).toBeLessThan(5e-6);
  });

  it("of which a key is missing is refused, naming the key", async () => {
    const broken = file();
    delete broken.weights["layer2.attn.res_conv.weight"];
    const read = await compare(broken);
    expect(read).toMatchObject({ ok: false });
    if (!read.ok) expect(JSON.stringify(read.failure)).toContain("layer2.attn.res_conv.weight");
  });
});
