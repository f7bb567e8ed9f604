/**
 * A cohort of feature files for tests of every kind of question: two numbers are hidden in each bag, and all answers follow from them. Made in
 * a moment, the same each time.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bag, randomStream } from "@nacre/core";
import { writeBag } from "@nacre/features/node";
import { stringify } from "yaml";
import { emptyFolder } from "./small-cohort.ts";

export const PATIENTS = 36;
const SITES = ["north", "south", "east"];
const D = 6;
const TILES = 14;

export interface PlantedRow {
  readonly slide: string;
  readonly patient: string;
  readonly site: string;
  readonly [column: string]: string;
}

/** Bags and answers of each patient. `first` and `second` are the hidden numbers, from -1 to 1. */
function plant(i: number): { readonly bag: Bag; readonly row: PlantedRow } {
  const random = randomStream(11, "patient", i);
  const [first, second] = [random.uniform() * 2 - 1, random.uniform() * 2 - 1] as const;
  const features = Float32Array.from({ length: TILES * D }, () => random.normal() * 0.3);
  for (let tile = 0; tile < TILES; tile++) {
    features[tile * D] = (features[tile * D] as number) + 2 * first * (tile % 2);
    features[tile * D + 1] = (features[tile * D + 1] as number) + 2 * second * ((tile + 1) % 2);
  }
  const follow = Math.exp(-1.5 * first) * 100;
  const censored = i % 4 === 0;
  const row: PlantedRow = {
    slide: `P${i}.h5`,
    patient: `P${i}`,
    site: SITES[i % 3] as string,
    class: first > 0 ? "mutant" : "wild",
    grade: first < -0.3 ? "low" : first < 0.3 ? "middle" : "high",
    er: first > 0 ? "1" : "0",
    her2: i % 7 === 0 ? "" : second > 0 ? "1" : "0",
    score: (10 + 5 * first).toFixed(3),
    days: (censored ? follow * 0.6 : follow).toFixed(1),
    death: censored ? "0" : "1",
    sex: i % 2 === 0 ? "female" : "male",
    age: String(40 + (i % 30)),
  };
  const places = Int32Array.from({ length: TILES }, (_, t) => t * 448);
  return { bag: { features, n: TILES, d: D, x: places, y: places, side: 448, space: "planted@1" }, row };
}

export class PlantedFolder {
  readonly path = emptyFolder();
  readonly rows: PlantedRow[] = [];

  static async make(): Promise<PlantedFolder> {
    const folder = new PlantedFolder();
    mkdirSync(folder.file("features"));
    for (let i = 0; i < PATIENTS; i++) {
      const { bag, row } = plant(i);
      folder.rows.push(row);
      const about = {
        name: row.patient,
        encoder: bag.space,
        mpp: 0.5,
        size: 224,
        overlap: 0,
        width: 8192,
        height: 8192,
      };
      const written = await writeBag(folder.file("features", row.slide), bag, about);
      if (!written.ok) throw new Error(written.failure.received);
    }
    folder.writeCohort(folder.rows);
    return folder;
  }

  file(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  writeCohort(rows: readonly Readonly<Record<string, string>>[], name = "cohort.csv"): string {
    const header = Object.keys(rows[0] ?? {});
    const lines = [header, ...rows.map((r) => header.map((h) => r[h] ?? ""))];
    writeFileSync(this.file(name), `${lines.map((l) => l.join(",")).join("\n")}\n`);
    return this.file(name);
  }

  /** Writes a study of this cohort and gives its file. */
  writeStudy(name: string, change: object): string {
    const study = {
      name,
      cohort: "cohort.csv",
      features: "features",
      aggregator: "abmil",
      fit: { epochs: 8, lr: 0.02, patience: 8 },
      split: { by: "patient", folds: 2, external: ["east"], tune: 0.25 },
      evaluate: { bootstrap: 40, subgroups: ["sex"] },
      seed: 5,
      ...change,
    };
    writeFileSync(this.file(`${name}.yaml`), stringify(study));
    return this.file(`${name}.yaml`);
  }
}
