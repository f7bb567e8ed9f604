/**
 * The demo's cohort: three invented hospitals, sixty invented patients. It is built to be honest rather than easy. In the
 * two training hospitals tumour slides come mostly from the new batch of stain, so a model that learns colour looks good
 * inside; in the third hospital it is the other way round, and such a model fails there.
 */
import { type Random, randomStream } from "@nacre/core";
import type { SyntheticSlideSpec } from "@nacre/imaging/node";
import { csvText } from "../study/table.ts";

export interface DemoSlide {
  readonly id: string;
  readonly patient: string;
  readonly site: string;
  readonly label: "tumour" | "benign";
  readonly scanner: string;
  readonly stain: string;
  readonly sex: string;
  readonly age: number;
  readonly date: string;
  readonly spec: SyntheticSlideSpec;
}

interface Hospital {
  readonly site: string;
  readonly patients: number;
  readonly tumour: number;
  /** Chance that a tumour (a benign) slide is of the new batch of stain. */
  readonly newBatch: { readonly tumour: number; readonly benign: number };
  readonly scanner: string;
  readonly look: NonNullable<SyntheticSlideSpec["scanner"]>;
  readonly haematoxylin: number;
  readonly eosin: number;
}

const SIDE = 4096;
const HOSPITALS: readonly Hospital[] = [
  {
    site: "site-a",
    patients: 20,
    tumour: 13,
    newBatch: { tumour: 0.85, benign: 0.15 },
    scanner: "scanner-1",
    look: { white: [243, 243, 243], gamma: 1, blur: 0.08, noise: 2, quality: 80 },
    haematoxylin: 1,
    eosin: 1,
  },
  {
    site: "site-b",
    patients: 20,
    tumour: 8,
    newBatch: { tumour: 0.85, benign: 0.15 },
    scanner: "scanner-2",
    look: { white: [247, 245, 240], gamma: 1.06, blur: 0.14, noise: 3, quality: 75 },
    haematoxylin: 0.92,
    eosin: 1.12,
  },
  {
    site: "site-c",
    patients: 20,
    tumour: 10,
    newBatch: { tumour: 0.2, benign: 0.8 },
    scanner: "scanner-3",
    look: { white: [240, 242, 246], gamma: 0.95, blur: 0.11, noise: 2.5, quality: 85 },
    haematoxylin: 1.06,
    eosin: 0.92,
  },
];
/** What the new batch does to both dyes. */
const NEW_BATCH = { haematoxylin: 1.28, eosin: 0.8 };
/** Every so many patients of a hospital have a second slide. */
const SECOND_SLIDE_EVERY = 7;

/** All slides of the demo for a seed, in the order of the cohort table. */
export function demoCohort(seed: number): DemoSlide[] {
  return HOSPITALS.flatMap((h) => {
    const random = randomStream(seed, "demo", h.site);
    const labels = random.shuffled(Array.from({ length: h.patients }, (_, i) => (i < h.tumour ? "tumour" : "benign")));
    return labels.flatMap((label, i) => {
      const patient = `${h.site.slice(-1).toUpperCase()}${String(i + 1).padStart(3, "0")}`;
      const person = {
        patient,
        sex: random.uniform() < 0.5 ? "female" : "male",
        age: 38 + random.below(45),
        date: date(random),
      };
      const slides = i % SECOND_SLIDE_EVERY === SECOND_SLIDE_EVERY - 1 ? 2 : 1;
      return Array.from({ length: slides }, (_, k) =>
        demoSlide(h, { ...person, label: label as DemoSlide["label"] }, k, random),
      );
    });
  });
}

function demoSlide(
  h: Hospital,
  person: Pick<DemoSlide, "patient" | "label" | "sex" | "age" | "date">,
  k: number,
  random: Random,
): DemoSlide {
  const number = person.patient.slice(1);
  const isNew = random.uniform() < h.newBatch[person.label];
  const jitter = (): number => 1 + 0.06 * random.normal();
  const stain = {
    haematoxylinStrength: h.haematoxylin * (isNew ? NEW_BATCH.haematoxylin : 1) * jitter(),
    eosinStrength: h.eosin * (isNew ? NEW_BATCH.eosin : 1) * jitter(),
  };
  return {
    ...person,
    id: `${h.site}-${number}${k === 0 ? "" : "b"}`,
    site: h.site,
    scanner: h.scanner,
    stain: isNew ? "batch-2" : "batch-1",
    spec: {
      seed: random.bits(),
      width: SIDE,
      height: SIDE,
      tumourShare: person.label === "tumour" ? 0.03 + 0.11 * random.uniform() : 0,
      stain,
      scanner: h.look,
      pen: random.uniform() < 0.1 ? [random.uniform() < 0.5 ? "green" : "blue"] : [],
    },
  };
}

function date(random: Random): string {
  const day = new Date(Date.UTC(2021, 0, 1) + random.below(3 * 365) * 86_400_000);
  return day.toISOString().slice(0, 10);
}

export function demoCohortCsv(slides: readonly DemoSlide[]): string {
  return csvText(
    ["slide", "patient", "site", "diagnosis", "scanner", "stain", "sex", "age", "date"],
    slides.map((s) => [`${s.id}.svs`, s.patient, s.site, s.label, s.scanner, s.stain, s.sex, s.age, s.date]),
  );
}

/** The study file of the demo: what a user would write for slides of their own. */
export function demoStudy(seed: number): string {
  return `# A study file: the question, the slides, and how the answer is judged. Every line is explained in the README.
name: nacre-demo
cohort: cohort.csv
slides: slides
task: {kind: classify, label: diagnosis, positive: tumour}
bag: slide
tiles: {mpp: 0.5, size: 224, overlap: 0, minTissue: 0.5, minTiles: 1}
encoder: texture
aggregator: {name: clam-sb}
fit: {epochs: 60, lr: 2e-4, patience: 15}
split: {by: site, folds: 2, external: [site-c], tune: 0.2}
evaluate: {bootstrap: 1000, subgroups: [sex, scanner, stain]}
seed: ${seed}
`;
}
