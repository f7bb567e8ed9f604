import { describe, expect, it } from "vitest";
import { nacre } from "../../../packages/pipeline/test/small-cohort.ts";

describe("hundreds of files on the command line", () => {
  const files = Array.from({ length: 700 }, (_, i) => `no such folder/a slide with a "long" name ${i}.svs`);

  it("reach the command whole, with its exit code and one JSON document", async () => {
    const { code, json } = await nacre(["encode", ...files, "--out", "features", "--json"]);
    expect(code).toBe(4);
    expect(JSON.stringify(json)).toContain("name 699.svs");
  });

  it("with a mistake among them are exit code 2", async () => {
    expect((await nacre(["encode", ...files, "--json"])).code).toBe(2);
  });
});
