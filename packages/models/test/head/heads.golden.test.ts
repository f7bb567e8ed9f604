import { readFileSync } from "node:fs";
import { type Task, unwrap } from "@nacre/core";
import { encodeModel, gradients, input, type Tensor } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import type { Head, HeadFacts, Label, LossOptions } from "../../src/head/head.ts";
import { headOf, surveyLabels } from "../../src/head/registry.ts";
import { relativeError } from "../golden.ts";

interface HeadCase {
  readonly name: string;
  readonly task: Task;
  readonly options: LossOptions;
  readonly train: readonly Label[];
  readonly facts: HeadFacts;
  readonly labels: readonly Label[];
  readonly scores: readonly (readonly number[])[];
  readonly judge: number;
  readonly answers: readonly Readonly<Record<string, readonly number[]>>[];
  readonly losses?: readonly number[];
  readonly gradients?: readonly (readonly number[])[];
  readonly coupled?: { readonly loss: number; readonly slopes: readonly (readonly number[])[] };
}

const file = new URL("../golden/heads.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly HeadCase[] };

function rowsOf(head: Head, labels: readonly Label[]): Float32Array[] {
  return labels.map((label) => {
    const row = new Float32Array(head.t);
    head.encode(label, row);
    return row;
  });
}

const flat = (rows: readonly ArrayLike<number>[]): Float64Array =>
  Float64Array.from(rows.flatMap((row) => Array.from(row)));

describe.each(cases)("$name", (recorded) => {
  const { task, options, train, labels, scores } = recorded;
  const head = headOf(task, unwrap(surveyLabels(task, train)), options);
  const targets = rowsOf(head, labels);

  it("takes the facts of the train labels that numpy takes", () => {
    const facts = unwrap(surveyLabels(task, train));
    expect(JSON.stringify(facts, rounded)).toBe(JSON.stringify(recorded.facts, rounded));
  });

  it("is judged as PyTorch in double precision judges it", () => {
    const judged = head.judge(flat(scores), flat(targets), labels.length);
    expect(Math.abs(judged - recorded.judge)).toBeLessThan(1e-12 * Math.max(1, Math.abs(recorded.judge)));
  });

  it("has the losses, slopes and answers of PyTorch in double precision", async () => {
    const x = input("x", [1, head.k]);
    const target = input("target", [1, head.t]);
    const loss = head.loss?.(x, target);
    const slope = loss === undefined ? undefined : (gradients(loss, [x])[0] as Tensor);
    const outputs = { ...head.answers(x), ...(loss && slope ? { loss, slope } : {}) };
    const session = await openSession(encodeModel({ outputs }));
    for (const [i, row] of scores.entries()) {
      const feeds = {
        x: { data: Float32Array.from(row), dims: [1, head.k] },
        ...(loss === undefined ? {} : { target: { data: targets[i] as Float32Array, dims: [1, head.t] } }),
      };
      const found = await session.run(feeds);
      for (const [answer, values] of Object.entries(recorded.answers[i] ?? {})) {
        expect(relativeError(found[answer]?.data as Float32Array, values), answer).toBeLessThan(5e-6);
      }
      if (loss === undefined) continue;
      expect(relativeError(found.loss?.data as Float32Array, [recorded.losses?.[i] as number])).toBeLessThan(5e-6);
      expect(relativeError(found.slope?.data as Float32Array, recorded.gradients?.[i] ?? [])).toBeLessThan(5e-6);
    }
    await session.close();
  });
});

describe.each(cases.filter(({ coupled }) => coupled !== undefined))("$name", (recorded) => {
  it("has the coupled loss and the slopes that PyTorch differentiates", () => {
    const { task, options, train, labels, scores, coupled } = recorded;
    const head = headOf(task, unwrap(surveyLabels(task, train)), options);
    const found = head.slopes?.(flat(scores), flat(rowsOf(head, labels)), labels.length);
    expect(relativeError([found?.loss as number], [coupled?.loss as number])).toBeLessThan(1e-12);
    expect(relativeError(found?.slopes ?? [], coupled?.slopes.flat() ?? [])).toBeLessThan(1e-12);
  });
});

/** Numbers to twelve digits. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(12)) : value;
}
