/** Colours as an option of a study: what is kept, what is done again, where it is told, and what is refused. */
import { readdirSync, statSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { readBag } from "@nacre/features/node";
import { beforeAll, describe, expect, it } from "vitest";
import { openPredictor } from "../src/predict/predictor.ts";
import { StudyFolder, smallRows } from "./small-cohort.ts";

const FILES = ["predictions.csv", "slides.csv", "study.yaml", "provenance.json", "report.html", "scorecard.json"];

/** The smallest study that runs: a tumour and a benign slide of two hospitals and one outside, of few tiles. */
const SMALLEST = {
  fit: { epochs: 1, patience: 1 },
  split: { tune: 0 },
  evaluate: { bootstrap: 10, subgroups: [] },
};
const TILES = { mpp: 1, size: 224, minTissue: 0.3 };

async function ran(colours: object): Promise<StudyFolder> {
  const study = await StudyFolder.make({ ...SMALLEST, tiles: { ...TILES, ...colours } });
  study.writeCohort(smallRows().filter(({ patient }) => ["A1", "A2", "B1", "B2", "C1"].includes(patient)));
  const { code, stderr } = await study.run();
  expect(code, stderr).toBe(0);
  return study;
}

let plain: StudyFolder;
let study: StudyFolder;
beforeAll(async () => {
  [plain, study] = await Promise.all([ran({}), ran({ colour: "srgb", stain: "macenko" })]);
});
const predictorOf = (of: StudyFolder) =>
  openPredictor(of.file("run"), { fill: null, signal: new AbortController().signal });
const feature = (of: StudyFolder, slide: string): string => of.file("run", "features", `${slide}.h5`);

describe("a study that says what the defaults are", () => {
  it("is the study that leaves them out: the finished run is told again, nothing is encoded and no byte changes", async () => {
    const texts = (): string[] => FILES.map((file) => plain.text("run", file));
    const times = (): number[] =>
      readdirSync(plain.file("run", "features")).map((file) => statSync(plain.file("run", "features", file)).mtimeMs);
    const before = [texts(), times()];
    plain.writeStudy({ ...SMALLEST, tiles: { ...TILES, colour: "stored", stain: "none" } });
    expect((await plain.run()).code).toBe(0);
    expect([texts(), times()]).toEqual(before);
    expect(plain.text("run", "slides.csv").split("\n")[0]).not.toMatch(/colour|stain/);
  });
});

describe("a study that moves the stain", () => {
  it("tells what was applied in slides.csv, provenance, the report and the model card", () => {
    const rows = study.table("run", "slides.csv");
    for (const row of rows) {
      expect(row.colour).toBe("taken for sRGB, no ICC profile found in the file");
      expect(row.stain).toMatch(/^macenko: haematoxylin .*, eosin .*, strength .*, moved to veta-2013$/);
      expect(row.warnings).toContain("no ICC profile found in the file");
    }
    expect(new Set(rows.map((row) => row.stain)).size).toBe(rows.length);
    const { inputs } = JSON.parse(study.text("run", "provenance.json"));
    expect(inputs[0]).toMatchObject({ colour: rows[0]?.colour, stain: rows[0]?.stain });
    const told = /stain measured on each slide alone \(macenko\) and moved to the fixed reference veta-2013/g;
    for (const file of ["report.html", "model/model-card.md"]) {
      expect([...study.text("run", file).matchAll(told)], file).toHaveLength(1);
    }
    expect(study.text("run", "study.yaml")).toMatch(/colour: srgb\n\s+stain: macenko/);
  });

  it("makes features of its own space, with the slide's profile in the file, at the places of every other study", async () => {
    const [moved, stored] = [
      unwrap(await readBag(feature(study, "site-a-1"))),
      unwrap(await readBag(feature(plain, "site-a-1"))),
    ];
    expect(moved.space).toBe(`${stored.space}/srgb/macenko@veta-2013`);
    expect([moved.x, moved.y]).toEqual([stored.x, stored.y]);
    expect(moved.features).not.toEqual(stored.features);
    expect(JSON.parse(moved.meta.stain ?? "").from.haematoxylin).toHaveLength(3);
    expect(stored.meta.stain).toBeNull();
  });

  it("predicts slides as it prepared its own, and refuses features of other colours by name, both ways", async () => {
    const [ofMoved, ofPlain] = await Promise.all([predictorOf(study), predictorOf(plain)]);
    try {
      const predicted = unwrap(await ofMoved.predict(study.file("slides", "site-c-1.svs")));
      const again = unwrap(await ofMoved.predict(feature(study, "site-c-1")));
      expect(predicted.probabilities).toEqual(again.probabilities);
      for (const [predictor, file] of [
        [ofMoved, feature(plain, "site-c-1")],
        [ofPlain, feature(study, "site-c-1")],
      ] as const) {
        const refused = await predictor.predict(file);
        expect(refused).toMatchObject({ ok: false, failure: { kind: "encoder-mismatch" } });
        expect(JSON.stringify(refused)).toContain("macenko@veta-2013");
      }
    } finally {
      await Promise.all([ofMoved.close(), ofPlain.close()]);
    }
  });
});
