/** `nacre slide deid`: exit codes, the report, what is left on the disk. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSyntheticSlide } from "@nacre/imaging/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nacre } from "../../../packages/pipeline/test/small-cohort.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-deid-command-"));
const slide = join(folder, "named.svs");
const copy = join(folder, "clean.svs");
beforeAll(async () => {
  await writeSyntheticSlide(slide, {
    seed: 5,
    width: 1024,
    height: 768,
    properties: { User: "Zebedee", Date: "07/23/19" },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("nacre slide deid", () => {
  it("writes a clean copy and says what it left out, and --check tells the two apart by their exit codes", async () => {
    expect((await nacre(["slide", "deid", "--check", slide])).code).toBe(3);
    const report = join(folder, "report.json");
    const { code, json } = await nacre(["slide", "deid", slide, copy, "--report", report, "--json"]);
    expect(code).toBe(0);
    expect(json).toMatchObject({ format: "aperio-svs", isWritten: true, isClean: false });
    expect(JSON.parse(readFileSync(report, "utf8"))).toEqual(json);
    expect(readFileSync(copy).includes("Zebedee")).toBe(false);
    const checked = await nacre(["slide", "deid", "--check", copy, "--json"]);
    expect([checked.code, checked.json.isClean]).toEqual([0, true]);
    expect(readdirSync(folder).filter((name) => name.includes(".part"))).toEqual([]);
  });

  it("keeps the mark of a synthetic slide, so that no copy passes for a patient's", async () => {
    const { json } = await nacre(["slide", "info", copy, "--json"]);
    expect(Object.values(json.properties as Record<string, string>).join()).toContain("synthetic slide, not a patient");
  });

  it("is wrong usage without an output, with --check and an output, and over a file that exists", async () => {
    for (const args of [[slide], ["--check", slide, join(folder, "other.svs")], [slide, copy], [slide, slide]]) {
      const { code, json } = await nacre(["slide", "deid", ...args, "--json"]);
      expect([code, json.error.kind], args.join(" ")).toEqual([2, "bad-usage"]);
    }
    expect(existsSync(join(folder, "other.svs"))).toBe(false);
  });
});
