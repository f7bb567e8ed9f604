/**
 * A checkpoint's weights under our own names: a documented key map applied, and everything that does not fit said at once. A weight
 * that is silently left at its random start is the worst of bugs, so nothing may be missing and nothing left over.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import { sameShape } from "../shape.ts";
import type { WeightArchive, WeightTensor } from "./archive.ts";

export interface WeightSpec {
  /** Our name. */
  readonly name: string;
  /** Our shape. */
  readonly shape: readonly number[];
  /** The name in the file, or several of which the first that is there is taken. */
  readonly from: string | readonly string[];
  /** The file has the last two axes the other way round, as torch's linear layers do. */
  readonly transpose?: boolean;
  /** The shape in the file where it differs otherwise, with as many numbers in the same order ([1, 1, 768] for [768]). */
  readonly shapeInFile?: readonly number[];
}

export interface MatchOptions {
  /** Names, or beginnings of names that end in a dot, that the file may have beyond the map, such as buffers. */
  readonly ignore?: readonly string[];
}

/** How many names of one kind a sentence lists. */
const LISTED = 8;

/**
 * Row-major float32 by our names, each in our shape and in memory of its own.
 * Failures: bad-weights (keys missing, left over or of another shape), not-finite
 */
export function matchWeights(
  { tensors }: Pick<WeightArchive, "tensors">,
  specs: readonly WeightSpec[],
  { ignore = [] }: MatchOptions = {},
): Outcome<Record<string, Float32Array>> {
  const found = specs.map((spec) => ({ spec, key: [spec.from].flat().find((name) => tensors.has(name)) }));
  const used = new Set(found.map(({ key }) => key));
  const problems = [
    list(
      "missing",
      found.filter(({ key }) => key === undefined).map(({ spec }) => [spec.from].flat().join(" or ")),
    ),
    list(
      "left over",
      [...tensors.keys()].filter((key) => !used.has(key) && !isIgnored(key, ignore)),
    ),
    list(
      "of another shape",
      found.flatMap(({ spec, key }) => misshapen(spec, key, tensors)),
    ),
  ].filter((part) => part !== "");
  if (problems.length > 0) {
    return fail("bad-weights", {
      expected: `the ${specs.length} weights of this model`,
      received: `keys ${problems.join("; ")}`,
      remedy: "check that the file is a checkpoint of this model, made with the same settings (width, classes, layers)",
    });
  }
  const weights: [string, Float32Array][] = [];
  for (const { spec, key } of found) {
    const values = laidOut(tensors.get(key as string) as WeightTensor, spec);
    if (!values.every(Number.isFinite)) return notFinite(key as string);
    weights.push([spec.name, values]);
  }
  return ok(Object.fromEntries(weights));
}

function list(what: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : "";
  return `${what}: ${names.slice(0, LISTED).join(", ")}${more}`;
}

function isIgnored(key: string, ignore: readonly string[]): boolean {
  return ignore.some((name) => key === name || (name.endsWith(".") && key.startsWith(name)));
}

function misshapen(spec: WeightSpec, key: string | undefined, tensors: ReadonlyMap<string, WeightTensor>): string[] {
  const tensor = key === undefined ? undefined : tensors.get(key);
  if (tensor === undefined) return [];
  const wanted = shapeInFile(spec);
  return sameShape(wanted, tensor.shape)
    ? []
    : [`${key} [${tensor.shape.join(", ")}] instead of [${wanted.join(", ")}]`];
}

function shapeInFile({ shape, transpose = false, shapeInFile }: WeightSpec): readonly number[] {
  if (shapeInFile !== undefined) return shapeInFile;
  return transpose ? [...shape.slice(0, -2), ...shape.slice(-2).reverse()] : shape;
}

function laidOut(tensor: WeightTensor, { transpose = false }: WeightSpec): Float32Array {
  const values = tensor.values();
  if (transpose) return transposed(values, tensor.shape);
  // A view would keep the whole file in memory, its optimiser and all.
  return values.byteLength === values.buffer.byteLength ? values : values.slice();
}

/** The last two axes of every matrix exchanged. */
function transposed(values: Float32Array, shape: readonly number[]): Float32Array {
  const [rows = 1, columns = 1] = shape.slice(-2);
  const out = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += rows * columns) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) out[start + c * rows + r] = values[start + r * columns + c] as number;
    }
  }
  return out;
}

function notFinite(key: string): Outcome<never> {
  return fail("not-finite", {
    expected: `finite numbers in "${key}"`,
    received: "NaN or infinity",
    remedy: "take a checkpoint from before the training diverged",
  });
}
