/**
 * Distillation measured on real tiles: two teachers and texture into a small student, from the train part of the oral cancer set alone; then a
 * linear probe on each encoder's features, judged on the test part, and tiles a second. Images that lie twice in the set are left out.
 * Usage: node tools/measure-distil.mjs DATA OUT [epochs], where DATA is the folder of test data. Prints two tables; the student stays in OUT.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { randomStream, unwrap } from "@nacre/core";
import { openEncoder } from "@nacre/features/node";
import { openSession } from "@nacre/graph/node";
import { openSlideFile } from "@nacre/imaging/node";
import { chooseProbe, distil } from "@nacre/models";
import { encoderPlaces } from "./encoder-folders.mjs";

const [, , data, out, epochs = "20", settings = "{}"] = process.argv;
if (data === undefined || out === undefined) throw new Error("expected DATA and OUT folders");
const SIZE = 224;
const images = resolve(data, "histology/oral_oscc");
const crc = resolve(data, "histology/crc_val_he_7k_sample");
const student = join(out, "student");
mkdirSync(student, { recursive: true });

const rows = readFileSync(join(images, "labels.csv"), "utf8")
  .trim()
  .split(/\r?\n/)
  .slice(1)
  .map((line) => line.split(","))
  .filter((row) => row[5] === "0" && row[6] === "0");
const files = rows.map(([file]) => join(images, file));
const labels = rows.map(([, label]) => (label === "OSCC" ? 1 : 0));
const where = (part) => rows.flatMap((row, i) => (row[2] === part ? [i] : []));
const [train, test] = [where("train"), where("test")];
const rasters = [];
for (const file of files) rasters.push(await readTile(file));
console.log(`${train.length} train, ${test.length} test`);

const known = {};
for (const [name, place] of Object.entries(encoderPlaces(data, out))) known[name] = await encodeAll(place);

const started = performance.now();
const teachers = Object.entries(known).map(([name, { features, dim }]) => ({
  name,
  d: dim,
  weight: name === "texture" ? 0.5 : 1,
  features: Float32Array.from(train.flatMap((i) => [...features.subarray(i * dim, (i + 1) * dim)])),
}));
const made = unwrap(
  await distil({
    tiles: { n: train.length, size: SIZE, load: (i) => rasters[train[i]].data },
    teachers,
    options: { epochs: Number(epochs), threads: 2, ...JSON.parse(settings) },
    openSession,
    onEpoch: (epoch, loss) =>
      console.log(`epoch ${epoch}, loss ${loss.toFixed(4)}, ${Math.round((performance.now() - started) / 1000)} s`),
  }),
);
console.log(`${made.parameters} numbers, ${Math.round((performance.now() - started) / 1000)} s of wall clock`);
console.log(made.agreement.map(({ teacher, cosine }) => `${teacher} ${cosine.toFixed(3)}`).join(", "));
writeFolder(student, made);
known.student = await encodeAll(student);
known.untrained = await encodeAll(await untrainedStudent());
const speeds = await interleaved({ ...encoderPlaces(data, out), student });

console.log("encoder | dim | test AUC | 100x, 400x | CRC nearest 3, leave one out | tiles a second");
for (const [name, { features, dim: d, crcAccuracy }] of Object.entries(known)) {
  const scores = probe(features, d);
  const of = (magnification) => test.flatMap((i, row) => (rows[i][3] === magnification ? [row] : []));
  const parts = ["100", "400"].map((m) => auc(of(m).map((row) => [scores[row], labels[test[row]]])).toFixed(3));
  const whole = auc(test.map((i, row) => [scores[row], labels[i]])).toFixed(3);
  console.log([name, d, whole, parts.join(", "), crcAccuracy.toFixed(3), speeds[name]?.toFixed(1) ?? "-"].join(" | "));
}

/** Scores of the test part by a linear probe that chooses its penalty on a fifth of the train part. */
function probe(features, d) {
  const order = randomStream(1, "tune").shuffled(train);
  const aside = Math.round(order.length / 5);
  const part = (indices) => ({
    embeddings: {
      values: Float32Array.from(indices.flatMap((i) => [...features.subarray(i * d, (i + 1) * d)])),
      n: indices.length,
      d,
    },
    labels: { kind: "classify", label: indices.map((i) => labels[i]), k: 2 },
  });
  const fitted = unwrap(
    unwrap(chooseProbe({ name: "linear" })).fit(part(order.slice(aside)), part(order.slice(0, aside))),
  );
  const answers = fitted.predict(part(test).embeddings);
  return test.map((_, row) => answers[2 * row + 1]);
}

function auc(pairs) {
  const [yes, no] = [1, 0].map((label) => pairs.filter((pair) => pair[1] === label).map(([score]) => score));
  let wins = 0;
  for (const a of yes) for (const b of no) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (yes.length * no.length);
}

async function encodeAll(place) {
  const encoder = unwrap(await openEncoder(place, { size: SIZE, threads: 2 }));
  const { dim } = encoder.card;
  const run = async (tiles) => {
    const all = new Float32Array(tiles.length * dim);
    for (let at = 0; at < tiles.length; at += 8) all.set(await encoder.encode(tiles.slice(at, at + 8)), at * dim);
    return all;
  };
  const features = await run(rasters);
  const names = readdirSync(crc).filter((name) => name.endsWith(".jpg"));
  const tiles = [];
  for (const name of names) tiles.push(await readTile(join(crc, name)));
  const crcAccuracy = nearest(
    await run(tiles),
    dim,
    names.map((name) => name.split("___")[0]),
  );
  await encoder.close();
  return { features, dim, crcAccuracy };
}

/** Share of tiles whose three nearest others, by Euclidean distance of standardised features, vote for their class. */
function nearest(features, d, classes) {
  const n = classes.length;
  const column = (j) => Array.from({ length: n }, (_, i) => features[i * d + j]);
  const scaled = Array.from({ length: d }, (_, j) => {
    const values = column(j);
    const mean = values.reduce((a, b) => a + b) / n;
    const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / n) || 1;
    return values.map((value) => (value - mean) / deviation);
  });
  let right = 0;
  for (let i = 0; i < n; i++) {
    const far = (j) => scaled.reduce((sum, values) => sum + (values[i] - values[j]) ** 2, 0);
    const order = classes.flatMap((_, j) => (j === i ? [] : [[far(j), classes[j]]])).sort((a, b) => a[0] - b[0]);
    const three = order.slice(0, 3).map(([, name]) => name);
    const vote = three.find((name, at) => three.indexOf(name) !== at) ?? three[0];
    if (vote === classes[i]) right += 1;
  }
  return right / n;
}

async function readTile(file) {
  const slide = unwrap(await openSlideFile(file));
  const { width, height } = slide.info;
  if (width !== SIZE || height !== SIZE)
    throw new Error(`expected ${SIZE} x ${SIZE} in ${file}, received ${width} x ${height}`);
  const raster = unwrap(await slide.read({ x: 0, y: 0, width, height, level: 0 }));
  slide.close();
  return raster;
}

/** The contract's folder around a student. */
function writeFolder(folder, { onnx, output, dim, size, mean, std }) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "model.onnx"), onnx);
  const sha256 = createHash("sha256").update(onnx).digest("hex");
  const card = { name: "student", file: "model.onnx", output, dim, size, mpp: null, mean, std, channels: "rgb" };
  const words = { licence: "for measuring only", source: "distilled by tools/measure-distil.mjs", sha256 };
  writeFileSync(join(folder, "encoder.json"), JSON.stringify({ ...card, ...words }, null, 2));
}

/** The same net before it has learned: what its form and its normalisation do alone. */
async function untrainedStudent() {
  const still = { epochs: 1, lr: 1e-30, threads: 2, ...JSON.parse(settings) };
  const tiles = { n: train.length, size: SIZE, load: (i) => rasters[train[i]].data };
  const folder = join(out, "untrained");
  writeFolder(folder, unwrap(await distil({ tiles, teachers, options: still, openSession })));
  return folder;
}

/** Tiles a second of each encoder, taking turns: the median of five rounds of 32 tiles, two threads, after one round that does not count. */
async function interleaved(places) {
  const opened = {};
  for (const [name, place] of Object.entries(places))
    opened[name] = unwrap(await openEncoder(place, { size: SIZE, threads: 2 }));
  const rounds = Object.fromEntries(Object.keys(opened).map((name) => [name, []]));
  for (let round = 0; round < 6; round++) {
    for (const [name, encoder] of Object.entries(opened)) {
      const before = performance.now();
      for (let at = 0; at < 32; at += 8) await encoder.encode(rasters.slice(at, at + 8));
      if (round > 0) rounds[name].push(32000 / (performance.now() - before));
    }
  }
  for (const encoder of Object.values(opened)) await encoder.close();
  return Object.fromEntries(Object.entries(rounds).map(([name, list]) => [name, list.sort((a, b) => a - b)[2]]));
}
