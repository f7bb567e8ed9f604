/** Folders of boards made from a seed: tables of predictions and run folders with the records that a board reads. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@nacre/core";
import { stringify } from "yaml";
import { hashBytes } from "../../src/run/hash.ts";
import { emptyFolder } from "../small-cohort.ts";

/** A table of 40 test and 20 external patients of two folds; `strength` says how well it separates. */
export function madeTable(strength: number, seed: number, extra = ""): string {
  const random = randomStream(seed, "table");
  const lines = [...Array(60).keys()].map((i) => {
    const part = i < 40 ? "test" : "external";
    const label = i % 2 === 0 ? "benign" : "tumour";
    const p = 1 / (1 + Math.exp(-(strength * (i % 2 === 0 ? -1 : 1) + random.normal())));
    const fold = part === "test" ? Math.floor(i / 2) % 2 : "";
    return `s${i},TCGA-AA-${String(i).padStart(4, "0")},${part},${fold},${label},${(1 - p).toFixed(6)},${p.toFixed(6)}`;
  });
  return `slide,patient,part,fold,label,p_benign,p_tumour\n${lines.join("\n")}\n${extra}`;
}

export const ENTRIES = [
  { task: "t", encoder: "good", aggregator: "abmil", predictions: "good.csv", pretraining: ["TCGA"] },
  {
    task: "t",
    encoder: "poor",
    aggregator: "abmil",
    predictions: "poor.csv",
    cost: { tilesPerSecond: 90, parameters: 303_000_000, memory: "1.5 GiB" },
  },
];

/** A folder with good.csv, poor.csv and this board.yaml. */
export function boardFolder(change: object = {}): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, "good.csv"), madeTable(2, 1));
  writeFileSync(join(folder, "poor.csv"), madeTable(0.1, 2));
  writeBoard(folder, change);
  return folder;
}

export function writeBoard(folder: string, change: object = {}): void {
  writeFileSync(join(folder, "board.yaml"), stringify({ name: "b", bootstrap: 200, entries: ENTRIES, ...change }));
}

export interface MadeRun {
  readonly strength: number;
  readonly seed: number;
  readonly findings?: readonly object[];
  readonly encoder?: string;
}

/** A run folder as far as a board reads it. */
export function writeRun(folder: string, { strength, seed, findings = [], encoder = "texture" }: MadeRun): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const table = madeTable(strength, seed);
  const task = { kind: "classify", label: "diagnosis", classes: ["benign", "tumour"], positive: "benign" };
  write("predictions.csv", table);
  write("report.html", "<!doctype html>");
  write("study.yaml", stringify({ name: "r", encoder, aggregator: { name: "abmil" }, seed }));
  write("scorecard.json", JSON.stringify({ study: "r", seed, task, external: {}, audit: { findings } }));
  write("provenance.json", JSON.stringify({ hashes: { "predictions.csv": hashBytes(table) } }));
}
