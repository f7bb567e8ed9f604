import { existsSync, readFileSync } from "node:fs";
import { encodeModel, input } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { branchesOf, dilatedAttention } from "../../src/longnet/dilated-attention.ts";

const file = new URL("../../../../../shared/data/golden/longnet_tiny.json", import.meta.url);

describe.skipIf(!existsSync(file))(
  "dilated attention, against the numbers in shared/data/golden/longnet_tiny.json",
  () => {
    it("agrees to 1e-6 on 13 tokens, three branches and four heads", async () => {
      const { attention_only: case_, config } = JSON.parse(readFileSync(file, "utf8"));
      const branches = config.segment_length.map((segment: number, i: number) => ({
        segment,
        ratio: config.dilated_ratio[i],
      }));
      const sizes = { width: 16, heads: 4, ffn: 32, layers: 1, branches, grid: 10, masksPadding: false };
      const [q, k, v] = ["q", "k", "v"].map((name) => input(name, ["tokens", 16])) as [never, never, never];
      const { out } = dilatedAttention({ q, k, v }, sizes, branchesOf(q, sizes));
      const session = await openSession(encodeModel({ outputs: { out } }));
      const data = (x: number[][]) => ({ data: Float32Array.from(x.flat()), dims: [x.length, 16] });
      const found = await session.run({ q: data(case_.q), k: data(case_.k), v: data(case_.v) });
      const wanted: number[] = case_.out.flat();
      const worst = Math.max(
        ...wanted.map((w, i) => Math.abs(w - ((found.out as { data: Float32Array }).data[i] as number))),
      );
      expect(worst).toBeLessThan(1e-6);
      await session.close();
    });
  },
);
