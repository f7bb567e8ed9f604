/** nacre search as a script sees it: text, one JSON document, and exit codes to branch on. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@nacre/core";
import { composeBag } from "@nacre/features";
import { describe, expect, it } from "vitest";
import { emptyFolder, nacre } from "../../../packages/pipeline/test/small-cohort.ts";

const SLIDES = 6;
const TILES = 12;
const D = 8;
const PX = 224;

/** A run of features alone: six slides of three patients and two sites, four tiles across and three down. */
async function madeRun(): Promise<string> {
  const folder = emptyFolder();
  mkdirSync(join(folder, "features"));
  const rows = Array.from({ length: SLIDES }, (_, i) => ({
    id: `slide-${i + 1}`,
    patient: `P${i >> 1}`,
    site: i < 4 ? "site-a" : "site-b",
    label: i % 2 === 0 ? "benign" : "tumour",
  }));
  for (const [i, { id }] of rows.entries()) {
    const random = randomStream(i, "search", "command");
    const bag = {
      n: TILES,
      d: D,
      features: Float32Array.from({ length: TILES * D }, () => random.normal()),
      x: Int32Array.from({ length: TILES }, (_, t) => PX * (t % 4)),
      y: Int32Array.from({ length: TILES }, (_, t) => PX * Math.floor(t / 4)),
      side: PX,
      space: "texture",
    };
    writeFileSync(join(folder, "features", `${id}.h5`), await composeBag(bag, { name: id, mpp: 0.5, size: PX }));
  }
  const cohort = rows.map(({ id, patient, site, label }) => `${id}.svs,${patient},${site},${label}`);
  writeFileSync(join(folder, "cohort.csv"), `slide,patient,site,diagnosis\n${cohort.join("\n")}\n`);
  const states = rows.map(({ id, patient, site, label }) => `${id},${id}.svs,${patient},${site},${label},ready`);
  writeFileSync(join(folder, "slides.csv"), `slide,path,patient,site,label,state\n${states.join("\n")}\n`);
  writeFileSync(
    join(folder, "study.yaml"),
    "name: made\ncohort: cohort.csv\nslides: slides\ntask: { kind: classify, label: diagnosis, positive: tumour, classes: [benign, tumour] }\n",
  );
  mkdirSync(join(folder, "slides"));
  return folder;
}

const made = madeRun();
const search = async (...args: string[]) => nacre(["search", await made, ...args]);

describe("nacre search", () => {
  it("prints slides of other patients, most alike first, and what the answer is not", async () => {
    const { code, stdout, stderr } = await search("--like", "slide-1");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^cosine +slide +site +outcome/);
    expect(stdout).toMatch(/slide-[3-6] +site-[ab] +(benign|tumour)/);
    expect(stdout).not.toMatch(/slide-[12] /);
    expect(stdout).toContain("4 slides were compared, all of them.");
    expect(stdout).toContain("A neighbour is evidence, never a diagnosis.");
    expect(stdout.trimEnd()).toMatch(/Research use only\. Not a medical device\.$/);
  });

  it("prints one JSON document with the same neighbours", async () => {
    const { code, json, stdout } = await search("--like", "slide-1.svs", "-k", "3", "--json");
    expect([code, stdout.trimEnd().split("\n").length]).toEqual([0, 1]);
    expect(json).toMatchObject({ compared: 4, exact: true, leftOut: 0, isOutside: false });
    const similarities = json.rows.map(({ similarity }: { similarity: number }) => similarity);
    expect(similarities).toHaveLength(3);
    expect(similarities).toEqual(similarities.toSorted((a: number, b: number) => b - a));
    expect(json.rows[0]).toMatchObject({ x: null, y: null, size: null, site: expect.stringMatching(/^site-/) });
  });

  it("compares a tile, and a region that holds that tile alone, with the tiles of other sites", async () => {
    const asked = ["--like", "slide-2", "--other-sites", "-k", "5", "--json"];
    const tile = await search(...asked, "--tile", "230,230");
    expect(tile.code, tile.stderr).toBe(0);
    expect(tile.json).toMatchObject({ compared: 2 * TILES });
    for (const { x, y, size, slide } of tile.json.rows) {
      expect([x % PX, y % PX, size]).toEqual([0, 0, PX]);
      expect(["slide-5", "slide-6"]).toContain(slide);
    }
    const region = await search(...asked, "--region", "225,225 447,225 447,447 225,447");
    expect(region.json.rows).toEqual(tile.json.rows);
    const shown = await search("--like", "slide-2", "--tile", "230,230", "-k", "2");
    expect(shown.stdout).toMatch(/^cosine +slide +place/);
    expect(shown.stdout).toContain("48 tiles were compared, all of them.");
  });

  it.each([
    ["a slide that is misspelt", ["--like", "slide-11"], "bad-value", /did you mean slide-1\?/],
    ["a slide that is not there", ["--like", "another name altogether"], "bad-value", /such as slide-1/],
    ["a tile of one number", ["--like", "slide-1", "--tile", "7"], "bad-usage", /1400,1700/],
    ["a region of two corners", ["--like", "slide-1", "--region", "0,0 9,9"], "bad-usage", /corners/],
    ["a corner of one number", ["--like", "slide-1", "--region", "0,0 9,9 5"], "bad-usage", /corners/],
    [
      "a tile and a region",
      ["--like", "slide-1", "--tile", "1,1", "--region", "0,0 9,0 9,9"],
      "bad-usage",
      /leave out/,
    ],
    ["no neighbours", ["--like", "slide-1", "-k", "0"], "bad-usage", /-k/],
    ["no slide at all", [], "bad-usage", /help/],
  ])("%s is exit code 2, with what to write instead", async (_, args, kind, remedy) => {
    const { code, json, stdout } = await search(...args, "--json");
    expect([code, json?.error.kind]).toEqual([2, kind]);
    expect(json.error.remedy).toMatch(remedy);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  });

  it("a place off the slide, a region without a tile and a folder that is no run are exit codes 4, 4 and 2", async () => {
    const away = await search("--like", "slide-1", "--tile", "9000000,0", "--json");
    expect([away.code, away.json.error.kind]).toEqual([4, "out-of-bounds"]);
    const small = await search("--like", "slide-1", "--region", "0,0 9,0 9,9", "--json");
    expect([small.code, small.json.error.kind]).toEqual([4, "too-few-tiles"]);
    const nothing = await nacre(["search", emptyFolder(), "--like", "slide-1", "--json"]);
    expect([nothing.code, nothing.json.error.kind]).toEqual([2, "bad-study"]);
  });

  it("has help with an example", async () => {
    const { code, stdout } = await nacre(["search", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("--like <slide>");
    expect(stdout).toMatch(/Example:\n {2}\$ nacre search /);
  });
});
