/** A dropped model's answer for a dropped slide: tiles as the model wants them, texture features, the answer and what each tile gave to it. */
import { type Bag, fail, mpp, type Outcome, ok, type Task, unwrap } from "@nacre/core";
import { openTexture } from "@nacre/features";
import { openSessionWith } from "@nacre/graph/web";
import { layTiles, type Slide, type Tiles } from "@nacre/imaging";
import { type BagPrediction, describeModel, type ModelInfo, predict, tileEvidence } from "@nacre/models";
import { encodeAll, readPlace, type TilePlaces } from "./encode-tiles.ts";
import { attentionLayer, evidenceLayer } from "./layers.ts";
import type { Answered, DropReply, TopTile } from "./message.ts";
import { type DroppedSlide, pictureOf } from "./open-dropped.ts";

export interface DroppedModel {
  readonly onnx: Uint8Array;
  readonly info: ModelInfo;
}

const TOP = 12;
/** As a space names its tiles, and the colours where they were changed: "texture@648defc65b73/224px@0.5/srgb". */
const TILES = /\/(\d+)px@([\d.]+)(\/.+)?$/;

type Tell = (reply: DropReply) => void;

/** What the page lends: where the runtime lies, and how many cores may work. */
export interface Means {
  readonly wasm: string;
  readonly cores: number;
}

/** Fails with `bad-model`, or `encoder-mismatch` where the model was fitted on features that a page cannot make. */
export async function readModel(file: File): Promise<Outcome<DroppedModel>> {
  const onnx = new Uint8Array(await file.arrayBuffer());
  const info = describeModel(onnx);
  if (!info.ok) return info;
  const { space } = info.value;
  const [, , , colours] = TILES.exec(space) ?? [];
  if (space.startsWith("texture@") && colours === undefined) return ok({ onnx, info: info.value });
  return fail("encoder-mismatch", {
    expected: "a model fitted on texture features of the colours as stored, which this page makes",
    received: `a model of ${space}`,
    remedy: "run nacre predict with the run of that model: it has the encoder and changes colours as the run did",
  });
}

/** Fails with what laying, reading, encoding and predicting fail with. */
export async function answerDropped(
  dropped: DroppedSlide,
  { onnx, info }: DroppedModel,
  { wasm, cores }: Means,
  tell: Tell,
): Promise<Outcome<Answered>> {
  const { slide, tissue, opened } = dropped;
  const started = performance.now();
  const [, size = "224", scale = "0.5"] = TILES.exec(info.space) ?? [];
  const spec = { mpp: mpp(Number(scale)), size: Number(size), overlap: 0, minTissue: 0.5 };
  const tiles = layTiles(slide, tissue, spec);
  if (!tiles.ok) return tiles;
  const bag = await encode(dropped, tiles.value, { space: info.space, cores, tell });
  if (!bag.ok) return bag;
  tell({ kind: "stage", stage: "Asking the model", done: 0, total: 0 });
  const session = await openSessionWith({ wasm })(onnx);
  try {
    const predicted = await predict(session, bag.value, { info, name: opened.name });
    if (!predicted.ok) return predicted;
    const layers = layersOf(predicted.value, info.task);
    const { x, y, side } = tiles.value;
    const top = await topTiles(slide, tiles.value, predicted.value.attention);
    const answers = answersOf(predicted.value, info.task);
    const seconds = (performance.now() - started) / 1000;
    return ok({
      kind: "answered",
      x,
      y,
      side,
      tiles: { mpp: spec.mpp, size: spec.size },
      answers,
      layers,
      top,
      seconds,
    });
  } finally {
    await session.close();
  }
}

const placesOf = ({ spec, x, y }: Tiles): TilePlaces => ({ mpp: spec.mpp, size: spec.size, x, y });

interface Encoding {
  readonly space: string;
  readonly cores: number;
  readonly tell: Tell;
}

async function encode(
  { slide, files, mpp }: DroppedSlide,
  tiles: Tiles,
  { space, cores, tell }: Encoding,
): Promise<Outcome<Bag>> {
  const { card, space: made } = openTexture(tiles.spec.size);
  const { n, x, y, side, spec } = tiles;
  const stage = (done: number): void => tell({ kind: "stage", stage: "Encoding tiles", done, total: n });
  stage(0);
  const features = await encodeAll({ slide, files, mpp, places: placesOf(tiles), cores, tell: stage });
  if (!features.ok) return features;
  // The model is checked to be of texture features; its own name of the space says how tiles were laid, as they were here.
  const own = TILES.test(space) ? `${made}/${spec.size}px@${spec.mpp}` : made;
  return ok({ features: features.value, n, d: card.dim, x, y, side, space: own });
}

async function topTiles(slide: Slide, tiles: Tiles, attention: Float32Array): Promise<TopTile[]> {
  const order = Array.from(attention.keys()).sort((a, b) => (attention[b] as number) - (attention[a] as number));
  const top: TopTile[] = [];
  for (const i of order.slice(0, TOP)) {
    const picture = pictureOf(unwrap(await readPlace(slide, placesOf(tiles), i)));
    const times = (attention[i] as number) * tiles.n;
    top.push({ x: tiles.x[i] as number, y: tiles.y[i] as number, weight: `${times.toPrecision(2)} × even`, picture });
  }
  return top;
}

function layersOf(prediction: BagPrediction, task: Task) {
  const attention = attentionLayer(prediction.attention);
  if (task.kind !== "classify") return [attention];
  const evidence = tileEvidence(prediction, task.classes.indexOf(task.positive));
  return [attention, evidenceLayer(evidence, task.positive)];
}

function answersOf({ answers, probabilities }: BagPrediction, task: Task): Answered["answers"] {
  if (task.kind === "classify" || task.kind === "ordinal")
    return task.classes.map((name, c) => ({ name, value: probabilities[c] ?? 0, isShare: true }));
  if (task.kind === "multilabel")
    return task.labels.map((name, c) => ({ name, value: probabilities[c] ?? 0, isShare: true }));
  return Object.entries(answers).flatMap(([name, values]) =>
    values.map((value, i) => ({ name: values.length > 1 ? `${name} ${i + 1}` : name, value, isShare: false })),
  );
}
