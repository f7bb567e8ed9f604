/** The file that says what an original computes: config, weights, inputs, expected answers (docs/methods/checkpoints.md). */
import { raise } from "@nacre/core";
import type { Beside, CheckpointConfig } from "./checkpoint.ts";
import { type Numbers, numbersOf } from "./nested.ts";

export interface ParityFile {
  readonly config: CheckpointConfig;
  /** Under the original's keys, lists of numbers still. */
  readonly weights: Readonly<Record<string, unknown>>;
  /** Features, [n, d]. */
  readonly x: Numbers;
  readonly beside: Beside;
  readonly expected: ReadonlyMap<string, Numbers>;
}

/** @throws FailureError bad-usage for a file of another layout, bad-value for numbers that are none, empty-bag */
export function readParityFile(json: unknown): ParityFile {
  const file = record(json, "the file");
  const x = withoutBatch(numbersOf(file.x, "x"));
  const [n = 0] = x.shape;
  if (x.shape.length !== 2 || n === 0) {
    raise(n === 0 ? "empty-bag" : "bad-usage", {
      expected: "features of at least one tile under x, [n][d]",
      received: `[${x.shape.join(", ")}]`,
      remedy: "give one list of features for each tile",
    });
  }
  const expected = Object.entries(record(file.expected, "expected"));
  return {
    config: file.config === undefined ? {} : record(file.config, "config"),
    weights: record(file.weights, "weights"),
    x,
    beside: besideOf(file, n),
    expected: new Map(expected.map(([name, value]) => [name, numbersOf(value, `expected.${name}`)])),
  };
}

function besideOf({ coords, sex, organ, label }: Readonly<Record<string, unknown>>, n: number): Beside {
  return {
    ...(coords === undefined ? {} : { coords: placesIn(coords, n) }),
    ...(sex === undefined ? {} : { sex: single(sex, "sex") }),
    ...(organ === undefined ? {} : { organ: single(organ, "organ") }),
    ...(label === undefined ? {} : { label: labelIn(label) }),
  };
}

function placesIn(coords: unknown, n: number): readonly (readonly number[])[] {
  const { shape, values } = withoutBatch(numbersOf(coords, "coords"));
  if (shape.length === 2 && shape[0] === n && shape[1] === 2) {
    return Array.from({ length: n }, (_, i) => [...values.subarray(2 * i, 2 * i + 2)]);
  }
  return raise("bad-usage", {
    expected: `x and y of each of ${n} tiles under coords`,
    received: `[${shape.join(", ")}]`,
    remedy: "give one pair of level-0 pixels for each row of x",
  });
}

function labelIn(label: unknown): number | readonly number[] {
  const { values } = numbersOf(label, "label");
  return values.length === 1 ? (values[0] as number) : [...values];
}

function single(value: unknown, name: string): number {
  const { values } = numbersOf(value, name);
  if (values.length === 1) return values[0] as number;
  return raise("bad-usage", {
    expected: `one number under ${name}`,
    received: `${values.length}`,
    remedy: "a file is of one bag",
  });
}

function withoutBatch({ shape, values }: Numbers): Numbers {
  return shape.length === 3 && shape[0] === 1 ? { shape: shape.slice(1), values } : { shape, values };
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return raise("bad-usage", {
    expected: `an object for ${name}: a file of {config, weights, x, coords, sex, organ, label, expected}`,
    received: value === undefined ? "nothing" : (JSON.stringify(value) ?? "nothing").slice(0, 40),
    remedy: "see docs/methods/checkpoints.md for the layout",
  });
}
