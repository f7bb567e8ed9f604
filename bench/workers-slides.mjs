/** A study of many slides: few are drawn, the others are the same files under other names. */
import { linkSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBag } from "../packages/features/dist/node.js";
import { writeSyntheticSlide } from "../packages/imaging/dist/node.js";

const DRAWN = 8;

const STUDY = `name: many
cohort: cohort.csv
slides: slides
task: { kind: classify, label: label, positive: tumour }
tiles: { mpp: 0.5, size: 224, minTissue: 0.1 }
aggregator: { name: mean }
fit: { epochs: 2 }
split: { by: patient, folds: 2 }
evaluate: { bootstrap: 100 }
`;

/** Synthetic slides of `side` pixels, their cohort and their study. */
export async function manySlides(n, side) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nacre-many-")));
  for (const part of ["drawn", "slides"]) mkdirSync(join(folder, part));
  for (let i = 0; i < Math.min(n, DRAWN); i++) {
    const tumourShare = i % 2 === 0 ? 0.4 : 0;
    const spec = { seed: i, width: side, height: side, pieces: 1, tumourShare };
    await writeSyntheticSlide(join(folder, "drawn", `${i}.svs`), spec);
  }
  const slides = Array.from({ length: n }, (_, i) => `slide-${String(i).padStart(4, "0")}`);
  for (const [i, slide] of slides.entries())
    linkSync(join(folder, "drawn", `${i % DRAWN}.svs`), join(folder, "slides", `${slide}.svs`));
  const rows = slides.map((slide, i) => `${slide}.svs,P${i},site-${i % 2},${i % 2 === 0 ? "tumour" : "benign"}`);
  writeFileSync(join(folder, "cohort.csv"), `slide,patient,site,label\n${rows.join("\n")}\n`);
  const study = join(folder, "study.yaml");
  writeFileSync(study, STUDY);
  return { folder, study, slides, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Opens every feature file of a run and holds it against the record of its step. @returns the slides whose file is absent, torn or another than its record says */
export async function unsoundSlides(out, slides) {
  const unsound = [];
  for (const slide of slides) {
    const bag = await readBag(join(out, "features", `${slide}.h5`));
    const record = recordOf(join(out, ".nacre", "steps", `extract-${slide}.json`));
    const isSound = bag.ok && record !== null && bag.value.n === record.note.tiles && bag.value.d === record.note.d;
    if (!isSound) unsound.push(slide);
  }
  return unsound;
}

function recordOf(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}
