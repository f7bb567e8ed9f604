/**
 * Real slides and real features through the product: the two real SVS files as the external site of a study whose training
 * sites are the demo's, and bags drawn from the tiles of a real slide's features with labels that mean nothing.
 * Usage: node tools/measure-real.mjs DATA DEMO OUT, where DATA holds the test data and DEMO is a finished `nacre demo`.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readBag, writeBag } from "../packages/features/dist/node.js";

const [, , data, demo, out] = process.argv;
if (out === undefined) throw new Error("expected DATA, DEMO and OUT folders");
const nacre = resolve("apps/cli/bin/nacre.mjs");
mkdirSync(join(out, "slides"), { recursive: true });
mkdirSync(join(out, "features"), { recursive: true });

const [header, ...rows] = readFileSync(join(demo, "cohort.csv"), "utf8").trim().split("\n");
const training = rows.filter((r) => !r.includes("site-c"));
for (const row of training) link(resolve(demo, "slides", row.split(",")[0]), join(out, "slides", row.split(",")[0]));
const REAL = ["CMU-1-Small-Region.svs", "TCGA-CR-7395-01A-01-TS1.svs"];
for (const file of REAL) link(resolve(data, "slides", file), join(out, "slides", file));
// The labels of the real slides are placeholders: one benign skin, one head and neck tumour. The second holds no scale.
const blanks = ",".repeat(header.split(",").length - 4);
writeFileSync(
  join(out, "real.csv"),
  `${header},mpp\n${[...training.map((r) => `${r},`), `${REAL[0]},real-1,real,benign${blanks},`, `${REAL[1]},real-2,real,tumour${blanks},0.5`].join("\n")}\n`,
);
const study = readFileSync(join(demo, "study.yaml"), "utf8").replace(/^#.*\n/, "");
writeFileSync(
  join(out, "real.yaml"),
  study
    .replace(/name: .*/, "name: real-slides")
    .replace("cohort: cohort.csv", "cohort: real.csv")
    .replace(/- site-c/, "- real"),
);
run("real slides as an external site", ["run", join(out, "real.yaml"), "--out", join(out, "real-run")]);

const bag = await readBag(join(data, "histology/slide_features/features.h5"));
if (!bag.ok) throw new Error(bag.failure.received);
copyFileSync(join(data, "histology/slide_features/features.h5"), join(out, "features", "real.h5"));
const lines = ["slide,patient,label", "real,p-real,a"];
const { features, d, n, x, y } = bag.value;
for (let i = 0; i < 23; i++) {
  const picks = Array.from({ length: 200 }, (_, k) => (k * 31 + i * 97) % n);
  const part = new Float32Array(picks.length * d);
  for (const [k, t] of picks.entries()) part.set(features.subarray(t * d, (t + 1) * d), k * d);
  const drawn = {
    features: part,
    n: picks.length,
    d,
    x: Int32Array.from(picks, (t) => x[t]),
    y: Int32Array.from(picks, (t) => y[t]),
    side: 512,
    space: "unknown",
  };
  await writeBag(join(out, "features", `drawn-${i}.h5`), drawn, { name: `drawn-${i}` });
  lines.push(`drawn-${i},p-${i},${i % 2 === 0 ? "b" : "a"}`);
}
writeFileSync(join(out, "features.csv"), `${lines.join("\n")}\n`);
writeFileSync(
  join(out, "features.yaml"),
  "name: real-features\ncohort: features.csv\nfeatures: features\ntask: {kind: classify, label: label}\naggregator: {name: abmil, hidden: 64, attention: 32}\nfit: {epochs: 20}\nsplit: {by: patient, folds: 4}\n",
);
run("features of a real slide, labels without meaning", [
  "run",
  join(out, "features.yaml"),
  "--out",
  join(out, "features-run"),
]);

function link(from, to) {
  try {
    symlinkSync(from, to);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
}

function run(title, args) {
  const done = spawnSync(process.execPath, [nacre, ...args, "--resume"], { encoding: "utf8" });
  console.log(`\n== ${title}: exit ${done.status}\n${done.stdout}${done.stderr.split("\n").slice(-8).join("\n")}`);
}
