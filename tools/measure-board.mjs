/**
 * A board on real tiles: tasks x encoders x (linear probe, nearest neighbours, prototypes, mean, gated attention), the same parts for all models of
 * a task. A tile is a bag of one. Usage: node tools/measure-board.mjs DATA OUT [ensembles], where DATA is the folder of test data; prints one line a
 * model, and leaves the board in OUT/board. A run that ended is not made again. With `ensembles`, runs of the oral fields are joined instead:
 * encoders, and seeds of one model.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { unwrap } from "@nacre/core";
import { writeBag } from "@nacre/features/node";
import { encoderPlaces } from "./encoder-folders.mjs";
import { readMatFile } from "./mat-file.mjs";

const [, , data, out, what = "board"] = process.argv;
if (data === undefined || out === undefined) throw new Error("expected DATA and OUT folders");
const nacre = resolve("apps/cli/bin/nacre.mjs");
const FOLDS = 5;
/** Images of one command. */
const FILES = 100;
const MODELS = {
  "linear-probe": "{name: linear-probe}",
  knn: "{name: knn}",
  prototypes: "{name: prototypes}",
  mean: "{name: mean}",
  abmil: "{name: abmil, hidden: 128, attention: 64}",
};
const KATHER = ["tumour", "stroma", "complex", "lympho", "debris", "mucosa", "adipose", "empty"];
const encoders = encoderPlaces(data, out);

/** Tiles of a task: { file, label, part(fold) } and the metric it is ranked by. */
const TASKS = {
  oscc: { metric: "auroc", epochs: 20, encoders: Object.keys(encoders), tiles: oralTiles, encode: encodeImages },
  "crc-7": {
    metric: "accuracy",
    epochs: 60,
    encoders: Object.keys(encoders),
    tiles: sampleTiles,
    encode: encodeImages,
  },
  "crc-8": { metric: "accuracy", epochs: 3, encoders: ["kather-49"], tiles: katherTiles, encode: writeKather },
};

if (what === "ensembles") {
  joinOral();
  process.exit();
}
const entries = [];
for (const [task, { metric, epochs, encoders: names, tiles: list, encode }] of Object.entries(TASKS)) {
  const tiles = list();
  writeParts(task, tiles);
  for (const encoder of names) {
    const features = await encode(task, encoder, tiles);
    for (const [model, aggregator] of Object.entries(MODELS)) {
      const name = `${task}-${encoder}-${model}`;
      const positive = metric === "auroc" ? ", positive: OSCC" : "";
      runStudy(name, { task, features, positive, aggregator, epochs, seed: 7 });
      entries.push(`  - {task: ${task}, encoder: ${encoder}, aggregator: ${model}, run: runs/${name}}`);
    }
  }
}
const tasks = Object.entries(TASKS).map(([task, { metric }]) => `  ${task}: {metric: ${metric}}`);
writeFileSync(
  join(out, "board.yaml"),
  `name: real-tiles\nseed: 7\ntasks:\n${tasks.join("\n")}\nentries:\n${entries.join("\n")}\n`,
);
console.log(command("board", out) ?? readFileSync(join(out, "board", "board.md"), "utf8"));

/** Makes a run, if it is not there. */
function runStudy(name, { task, features, positive, aggregator, epochs, seed }) {
  const study = join(out, `${name}.yaml`);
  writeFileSync(
    study,
    `name: ${name}\ncohort: ${task}.csv\nfeatures: ${features}\ntask: {kind: classify, label: ${task}${positive}}\naggregator: ${aggregator}\n` +
      `fit: {epochs: ${epochs}, lr: 5e-4, patience: 10}\nsplit: {by: file, splits: ${task}-parts.csv}\nseed: ${seed}\n`,
  );
  const run = join(out, "runs", name);
  const failure = existsSync(join(run, "scorecard.json")) ? null : command("run", study, "--out", run, "--resume");
  if (failure !== null) console.log(name, failure);
}

/** Ensembles of runs of the board: one model on several encoders, and seeds of one model on one encoder. */
function joinOral() {
  const features = resolve(out, "features", "oscc-mobilenet");
  const seeds = [1, 2, 3].map((seed) => {
    const name = `oscc-mobilenet-abmil-seed-${seed}`;
    runStudy(name, {
      task: "oscc",
      features,
      positive: ", positive: OSCC",
      aggregator: MODELS.abmil,
      epochs: 20,
      seed,
    });
    return name;
  });
  const onEach = (model, names) => names.map((encoder) => `oscc-${encoder}-${model}`);
  const joined = {
    "abmil, mobilenet and shufflenet": onEach("abmil", ["mobilenet", "shufflenet"]),
    "abmil, all encoders": onEach("abmil", Object.keys(encoders)),
    "linear probe, all encoders": onEach("linear-probe", Object.keys(encoders)),
    "abmil, mobilenet, three seeds": seeds,
  };
  for (const name of seeds) console.log(name, aurocOf(join(out, "runs", name)));
  for (const [title, members] of Object.entries(joined)) {
    const runs = members.map((name) => join(out, "runs", name));
    for (const by of ["mean", "rank"]) {
      const place = join(out, "joined", `${title.replaceAll(/[ ,]+/g, "-")}-${by}`);
      const failure = command("ensemble", ...runs, "--by", by, "--out", place);
      console.log(title, by, failure ?? aurocOf(place));
    }
  }
}

function aurocOf(run) {
  const { value, low, high, n } = JSON.parse(readFileSync(join(run, "scorecard.json"), "utf8")).internal.auroc;
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}), n ${n}`;
}

/** Runs the product; null where it ended well, else what it said. */
function command(...words) {
  const { status, signal, error, stdout, stderr } = spawnSync(process.execPath, [nacre, ...words, "--json"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status === 0) return null;
  if (status === null) return `ended by ${signal ?? error}`;
  return `exit ${status}: ${stdout.startsWith("{") ? JSON.stringify(JSON.parse(stdout).error) : stderr}`;
}

/** The 100x fields, in the parts of their repository; a field that is there twice is left out, both copies where they contradict each other. */
function oralTiles() {
  const folder = resolve(data, "histology/oral_oscc");
  const lines = readFileSync(join(folder, "labels.csv"), "utf8").trim().split(/\r?\n/).slice(1);
  const seen = new Set();
  const tiles = [];
  for (const [file, label, split, magnification, md5, isContradicted] of lines.map((line) => line.split(","))) {
    if (magnification !== "100" || isContradicted === "1" || seen.has(md5)) continue;
    seen.add(md5);
    const place = tiles.filter((tile) => tile.label === label && tile.split === split).length;
    const part = split === "test" ? "test" : place % 5 === 0 ? "tune" : "train";
    tiles.push({ path: join(folder, file), name: basename(file, ".jpg"), label, split, parts: [part] });
  }
  return tiles;
}

/** Ten tiles of each of seven tissues: two of each are the test of a fold, one decides, seven are learned from. */
function sampleTiles() {
  const folder = resolve(data, "histology/crc_val_he_7k_sample");
  const seen = new Map();
  return readdirSync(folder)
    .filter((file) => file.endsWith(".jpg"))
    .sort()
    .map((file) => {
      const [label] = file.split("___");
      const place = seen.get(label) ?? 0;
      seen.set(label, place + 1);
      return { path: join(folder, file), name: basename(file, ".jpg"), label, parts: partsOf(place) };
    });
}

function partsOf(place) {
  return Array.from({ length: FOLDS }, (_, fold) => {
    if (place % FOLDS === fold) return "test";
    return place % (2 * FOLDS) === (fold + 1) % FOLDS ? "tune" : "train";
  });
}

/** 5,000 tiles of eight tissues as 49 published texture features. */
function katherTiles() {
  const { source_array: source, target_array: target } = readMatFile(
    resolve(data, "histology/kather_texture_features/best3_numFeatures49_last_output_rand_67445.mat"),
  );
  const seen = new Map();
  return Array.from({ length: source.columns }, (_, i) => {
    const label = KATHER[target.data.subarray(8 * i, 8 * i + 8).indexOf(1)];
    const place = seen.get(label) ?? 0;
    seen.set(label, place + 1);
    const features = Float32Array.from(source.data.subarray(source.rows * i, source.rows * (i + 1)));
    return { name: `tile-${i}`, label, features, parts: partsOf(place) };
  });
}

/** The cohort, each tile its own patient (nothing is known of patients), and the parts of every fold. */
function writeParts(task, tiles) {
  const cohort = tiles.map(({ name, label }) => `${name},${name},${label}`);
  const parts = tiles.flatMap(({ name, parts: own }) => own.map((part, fold) => `${name},${part},${fold}`));
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${task}.csv`), `slide,patient,${task}\n${cohort.join("\n")}\n`);
  writeFileSync(join(out, `${task}-parts.csv`), `slide,part,fold\n${parts.join("\n")}\n`);
}

/** Features of images: one tile each, 0.5 um/px assumed. */
function encodeImages(task, encoder, tiles) {
  const folder = resolve(out, "features", `${task}-${encoder}`);
  const missing = tiles.filter(({ name }) => !existsSync(join(folder, `${name}.h5`))).map(({ path }) => path);
  const settings = ["--encoder", encoders[encoder], "--out", folder, "--mpp", "0.5", "--min-tissue", "0"];
  for (let from = 0; from < missing.length; from += FILES) {
    const failure = command("encode", ...missing.slice(from, from + FILES), ...settings);
    if (failure !== null) console.log(task, encoder, failure);
  }
  return folder;
}

async function writeKather(_task, encoder, tiles) {
  const folder = resolve(out, "features", encoder);
  mkdirSync(folder, { recursive: true });
  for (const { name, features } of tiles) {
    const path = join(folder, `${name}.h5`);
    if (existsSync(path)) continue;
    const zero = new Int32Array(1);
    const bag = { features, n: 1, d: features.length, x: zero, y: zero, side: 150, space: encoder };
    unwrap(await writeBag(path, bag, { name, encoder, mpp: 0.495, size: 150, width: 150, height: 150 }));
  }
  return folder;
}
