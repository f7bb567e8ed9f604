/**
 * Real input: the 1,224 H&E fields of the oral cancer set as a study, with each encoder, within one magnification and
 * across magnifications. Usage: node tools/measure-oral.mjs DATA OUT, where DATA is the folder of test data. Prints one table.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { encoderPlaces } from "./encoder-folders.mjs";

const [, , data, out, only = ""] = process.argv;
if (data === undefined || out === undefined) throw new Error("expected DATA and OUT folders");
const images = resolve(data, "histology/oral_oscc");
const nacre = resolve("apps/cli/bin/nacre.mjs");
mkdirSync(out, { recursive: true });

/** Micrometres per pixel at each magnification: assumptions, since the files hold no scale. */
const SCALES = {
  pixels: { title: "each image one tile, 0.5 um/px assumed for both", mpp: { 100: 0.5, 400: 0.5 }, tileMpp: 0.5 },
  physical: { title: "tiles of 56 um, 1.0 and 0.25 um/px assumed", mpp: { 100: 1, 400: 0.25 }, tileMpp: 0.25 },
};
const ENCODERS = encoderPlaces(data, out);

const [, ...rows] = readFileSync(join(images, "labels.csv"), "utf8")
  .trim()
  .split(/\r?\n/)
  .map((l) => l.split(","));
const results = [];
for (const [scale, { mpp, tileMpp }] of Object.entries(SCALES)) {
  for (const [encoder, place] of Object.entries(ENCODERS)) {
    for (const part of ["100", "400", "across"]) {
      const name = `${scale}-${encoder}-${part}`;
      if (!name.includes(only)) continue;
      const wanted = rows.filter((r) => part === "across" || r[3] === part);
      writeFileSync(
        join(out, `${name}.csv`),
        `slide,patient,site,label,mpp\n${wanted.map(([file, label, , m]) => `${file},${file.replace(/\.jpg$/, "")},${m}x,${label},${mpp[m]}`).join("\n")}\n`,
      );
      writeFileSync(
        join(out, `${name}.yaml`),
        `name: ${name}\ncohort: ${name}.csv\nslides: ${images}\ntask: {kind: classify, label: label, positive: OSCC}\n` +
          `tiles: {mpp: ${tileMpp}, size: 224, minTissue: 0.2}\nencoder: ${place}\naggregator: {name: abmil, hidden: 128, attention: 64}\n` +
          `fit: {epochs: 40, lr: 2e-4, patience: 8}\nsplit: {by: ${part === "across" ? "site, folds: 2" : "patient, folds: 5"}, tune: 0.2}\nseed: 7\n`,
      );
      const before = performance.now();
      const run = spawnSync(
        process.execPath,
        [nacre, "run", join(out, `${name}.yaml`), "--out", join(out, name), "--resume", "--json"],
        {
          encoding: "utf8",
          maxBuffer: 1 << 28,
          stdio: ["ignore", "pipe", "ignore"],
        },
      );
      const answer = JSON.parse(run.stdout);
      if (answer.error !== undefined) {
        console.log(name, JSON.stringify(answer.error));
        continue;
      }
      const { internal, baselines } = answer.scorecard;
      const show = (e) =>
        e?.value == null ? "-" : `${e.value.toFixed(3)} (${e.low?.toFixed(3)} to ${e.high?.toFixed(3)})`;
      results.push([
        scale,
        encoder,
        part,
        String(internal.n),
        show(internal.auroc),
        internal.folds.map((f) => f.auroc.value?.toFixed(3)).join(" "),
        show(baselines.meanPool.internal),
        JSON.stringify(answer.slides),
        `${Math.round((performance.now() - before) / 1000)} s`,
        `exit ${run.status}`,
      ]);
      console.log(results.at(-1).join(" | "));
    }
  }
}
