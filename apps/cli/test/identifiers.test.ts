/** `nacre slide info`: what names a person or a slide is told only when it is asked for. `nacre tissue`: a folder gives its slides. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSyntheticSlide } from "@nacre/imaging/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nacre } from "../../../packages/pipeline/test/small-cohort.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-identifiers-"));
const slide = join(folder, "slides", "named.svs");
beforeAll(async () => {
  mkdirSync(join(folder, "slides"));
  const properties = { User: "Zebedee", Date: "07/23/19", Filename: "biopsy-4711.svs" };
  await writeSyntheticSlide(slide, { seed: 5, width: 1024, height: 768, properties });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("nacre slide info", () => {
  it("tells users, dates and file names of a slide with --identifiers only", async () => {
    for (const more of [[], ["--json"]]) {
      const plain = await nacre(["slide", "info", slide, ...more]);
      const full = await nacre(["slide", "info", slide, "--identifiers", ...more]);
      for (const secret of ["Zebedee", "07/23/19", "biopsy-4711"]) {
        expect(plain.stdout + plain.stderr).not.toContain(secret);
        expect(full.stdout).toContain(secret);
      }
    }
  });
});

describe("nacre tissue", () => {
  it("takes a folder for the slides in it", async () => {
    const { code, json } = await nacre(["tissue", join(folder, "slides"), "--json"]);
    expect(code).toBe(0);
    expect(json.files.map(({ file }: { file: string }) => file)).toEqual([slide]);
  });
});
