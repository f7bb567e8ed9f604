/** A served folder with a small cohort of synthetic slides and a study on it that runs in seconds. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSyntheticSlide } from "@nacre/imaging/node";

export interface SmallStudy {
  readonly folder: string;
  /** The study file's text. */
  readonly text: string;
  remove(): void;
}

const SIDE = 512;

const STUDY = `name: small
cohort: cohort.csv
slides: slides
task: { kind: classify, label: label, positive: tumour }
tiles: { mpp: 0.5, size: 224, minTissue: 0.1 }
aggregator: { name: abmil }
fit: { epochs: 3, patience: 3 }
split: { by: patient, folds: 2, tune: 0.25 }
evaluate: { bootstrap: 50 }
seed: 3
`;

/** One slide of the cohort is not there: a failure with its reason. @param slides how many are there, half of them with tumour */
export async function smallStudy(slides = 12): Promise<SmallStudy> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nacre-study-")));
  mkdirSync(join(folder, "slides"));
  const rows = Array.from({ length: slides }, (_, i) => ({
    slide: `s${i}.svs`,
    patient: `PATIENT-${i}`,
    label: i % 2 === 0 ? "tumour" : "benign",
  }));
  for (const [i, { slide, label }] of rows.entries())
    await writeSyntheticSlide(join(folder, "slides", slide), {
      seed: i,
      width: SIDE,
      height: SIDE,
      pieces: 1,
      tumourShare: label === "tumour" ? 0.4 : 0,
    });
  const all = [...rows, { slide: "gone.svs", patient: "PATIENT-X", label: "benign" }];
  const lines = all.map(({ slide, patient, label }) => `${slide},${patient},${label}`);
  writeFileSync(join(folder, "cohort.csv"), `slide,patient,label\n${lines.join("\n")}\n`);
  return { folder, text: STUDY, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
