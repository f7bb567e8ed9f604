/**
 * Whether we compute what the original computes: a file of weights under the original's keys, an input and the answers expected of it,
 * against our answers from the imported model. The layout of the file is told in docs/methods/checkpoints.md.
 */
import { attempt, type Outcome, raise, unwrap } from "@nacre/core";
import { constant, encodeModel, type OpenSession, type Tensor, type TensorData } from "@nacre/graph";
import type { Scope } from "../aggregator/aggregator.ts";
import { assemble, type BagInputs, bagInputs, type ModelDesign, sizesOf, weightSpecs } from "../train/program.ts";
import type { Beside, Checkpoint, Original } from "./checkpoint.ts";
import { type Imported, importCheckpoint } from "./import-checkpoint.ts";
import { archiveOf, type Nested, type Numbers, nestedOf } from "./nested.ts";
import { parityFeeds } from "./parity-feeds.ts";
import { type ParityFile, readParityFile } from "./parity-file.ts";

export interface Parity {
  /** Ours, by the names under `expected` and in their nesting. */
  readonly outputs: Readonly<Record<string, Nested>>;
  /** Largest over outputs of max |ours - theirs| / max(max |theirs|, 1e-12). */
  readonly worst: number;
}

/**
 * Runs a parity file, parsed from JSON.
 * Failures: bad-usage (layout, config, names of answers), bad-value, empty-bag, and those of `importCheckpoint`.
 */
export function compareWithOriginal(
  checkpoint: Checkpoint,
  json: unknown,
  open: OpenSession,
): Promise<Outcome<Parity>> {
  return attempt(async () => {
    const file = readParityFile(json);
    const imported = unwrap(await importCheckpoint(checkpoint, archiveOf(file.weights), file.config));
    const known = originalAnswers(checkpoint, imported, file);
    const asked = [...file.expected.keys()].map((name) => ({
      name,
      answer: answerCalled(name, known, checkpoint.method),
    }));
    const outputs = Object.fromEntries(asked.map(({ answer }, i) => [`answer${i}`, answer]));
    const session = await open(encodeModel({ outputs, name: "parity" }));
    const found = await session.run(parityFeeds(checkpoint, imported.design, file)).finally(() => session.close());
    const pairs = asked.map(({ name }, i) => {
      const theirs = file.expected.get(name) as Numbers; // asked came of its keys
      return { name, theirs, ours: inLayoutOf(theirs.shape, found[`answer${i}`] as TensorData, name) };
    });
    return {
      outputs: Object.fromEntries(pairs.map(({ name, ours }) => [name, nestedOf(ours)])),
      worst: pairs.reduce((most, { ours, theirs }) => Math.max(most, relativeDistance(ours.values, theirs.values)), 0),
    };
  });
}

/** Every answer of the original, as nodes that read `features` and what else the model reads. */
function originalAnswers(checkpoint: Checkpoint, imported: Imported, file: ParityFile): Record<string, Tensor> {
  const { design, weights, arranged } = imported;
  const inputs = bagInputs(design);
  const nodes = new Map(
    weightSpecs(design).map(({ name, shape }) => [name, constant(weights[name] as Float32Array, shape)]),
  );
  const assembled = assemble(design, nodes, inputs, null);
  const original: Original = {
    config: file.config,
    file: imported.file,
    scope: scopeOf(design, nodes, inputs, file.beside),
    left(key) {
      const tensor = [key]
        .flat()
        .map((name) => arranged.get(name))
        .find((found) => found !== undefined);
      return tensor === undefined ? null : constant(tensor.values(), tensor.shape);
    },
  };
  return { ...checkpoint.answers(assembled, design, original) };
}

function scopeOf(
  design: ModelDesign,
  weights: ReadonlyMap<string, Tensor>,
  { features, places, covariates }: BagInputs,
  { label }: Beside,
): Scope {
  return {
    tiles: features,
    places,
    ...sizesOf(design),
    covariates,
    label: label === undefined ? null : constant(oneHotOf(label, design), [1, design.head.k]),
    isFit: false,
    weight: (name) => weights.get(name) ?? raiseUnknown(name),
    dropout: (_, x) => x,
    block: (x) => x,
  };
}

function raiseUnknown(name: string): never {
  throw new RangeError(`expected a weight of the imported model, received ${name}`);
}

/** A class as a row of zeros and a one; yes and no of each class as they are; of separate questions k says no to all. */
function oneHotOf(label: number | readonly number[], { head, task }: ModelDesign): Float32Array {
  const row = new Float32Array(head.k);
  if (typeof label !== "number") {
    if (label.length === head.k) return Float32Array.from(label);
  } else if (task.kind === "multilabel" && head.k === 1) {
    return row.fill(label);
  } else if (Number.isInteger(label) && label >= 0 && label < head.k + (task.kind === "multilabel" ? 1 : 0)) {
    if (label < head.k) row[label] = 1;
    return row;
  }
  return raise("bad-value", {
    expected: `a class from 0 to ${head.k - 1} under label`,
    received: JSON.stringify(label),
    remedy: "give the index of the class, or leave the label out",
  });
}

/** The answer of this name, whatever its capitals and underscores. */
function answerCalled(name: string, known: Readonly<Record<string, Tensor>>, method: string): Tensor {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const exact = Object.hasOwn(known, name) ? name : Object.keys(known).find((other) => plain(other) === plain(name));
  const answer = exact === undefined ? undefined : known[exact];
  if (answer !== undefined) return answer;
  return raise("bad-usage", {
    expected: `answers of ${method}: ${Object.keys(known).join(", ")}`,
    received: name,
    remedy: "expect one of these names; those of losses need a label",
  });
}

/** Our numbers in the shape expected: axes of length 1 do not count, and a matrix may lie the other way round. */
function inLayoutOf(shape: readonly number[], { data, dims }: TensorData, name: string): Numbers {
  const [theirs, ours] = [shape, dims].map((sizes) => sizes.filter((size) => size !== 1)) as [number[], number[]];
  const values = Float64Array.from(data as ArrayLike<number>);
  if (String(theirs) === String(ours)) return { shape, values };
  const [rows = 0, columns = 0] = ours;
  if (ours.length === 2 && String(theirs) === String([columns, rows])) {
    return { shape, values: values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)] as number) };
  }
  return raise("bad-value", {
    expected: `numbers of shape [${dims.join(", ")}] for expected.${name}`,
    received: `[${shape.join(", ")}]`,
    remedy: "give the answer in the layout of the original",
  });
}

function relativeDistance(ours: Float64Array, theirs: Float64Array): number {
  const size = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const distance = theirs.reduce((most, value, i) => Math.max(most, Math.abs(value - (ours[i] as number))), 0);
  return distance / Math.max(size, 1e-12);
}
