import { unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { checkpointOf, compareWithOriginal } from "../../src/index.ts";
import { recorded } from "./recorded.ts";

/** Files recorded from PyTorch in float64 by tools/oracles/torch_attention_family.py, and the method that each is of. */
const FILES = {
  abmil: "abmil",
  "abmil-plain": "abmil",
  "abmil-bare": "abmil",
  "clam-sb": "clam-sb",
  "clam-mb": "clam-mb",
  dsmil: "dsmil",
  "dsmil-values": "dsmil",
  "dsmil-three": "dsmil",
} as const;

const compare = (method: string, file: unknown) => compareWithOriginal(unwrap(checkpointOf(method)), file, openSession);

describe.each(Object.entries(FILES))("a %s file", (name, method) => {
  it("is answered as the original answers, output by output, to float32 rounding", async () => {
    const file = recorded(name);
    const { outputs, worst } = unwrap(await compare(method, file));
    expect(Object.keys(outputs)).toEqual(Object.keys(file.expected));
    expect(worst).toBeLessThan(5e-6);
  });
});
