import type { MultitaskTask, SingleTask, Task } from "@nacre/core";
import type { BagPrediction } from "@nacre/models";
import { describe, expect, it } from "vitest";
import {
  answerText,
  evidenceMeaning,
  evidenceWeights,
  headlineOf,
  questionsOf,
  scoresOf,
} from "../../src/predict/answer-kind.ts";
import { evidenceOf } from "../../src/predict/evidence-of.ts";

const CLASSIFY: SingleTask = { kind: "classify", label: "gene", classes: ["wild", "mutant"], positive: "mutant" };
const ORDINAL: SingleTask = { kind: "ordinal", label: "grade", classes: ["1", "2", "3"] };
const LABELS: SingleTask = { kind: "multilabel", labels: ["er", "her2"] };
const NUMBER: SingleTask = { kind: "regress", label: "til" };
const COX: SingleTask = { kind: "survive", time: "days", event: "death", intervals: null };
const HAZARD: SingleTask = { kind: "survive", time: "days", event: "death", intervals: 4 };
const MANY: MultitaskTask = {
  kind: "multitask",
  tasks: [
    { name: "grade", weight: 1, task: ORDINAL },
    { name: "fate", weight: 2, task: HAZARD },
  ],
};

describe("answers by kind of task", () => {
  it.each<[Task, number, number[]]>([
    [CLASSIFY, 2, [-1, 1]],
    [ORDINAL, 2, [1, 0]],
    [LABELS, 2, [1, 0]],
    [NUMBER, 1, [1]],
    [COX, 1, [1]],
    [HAZARD, 4, [0.25, 0.25, 0.25, 0.25]],
    [MANY, 6, [1, 0, 0, 0, 0, 0]],
  ])("have scores, and evidence is a weighing of them: %j", (task, scores, weights) => {
    expect(scoresOf(task)).toBe(scores);
    expect(evidenceWeights(task)).toEqual(weights);
    expect(evidenceMeaning(task).subject).not.toBe("");
  });

  it.each<[Task]>([[CLASSIFY], [ORDINAL], [LABELS], [NUMBER], [HAZARD], [MANY]])(
    "evidence of tiles adds up to the weighed scores: %j",
    (task) => {
      const k = scoresOf(task);
      const contribution = Float32Array.from({ length: 3 * k }, (_, i) => Math.sin(i + 1));
      const bias = Array.from({ length: k }, (_, c) => c - 0.5);
      const prediction = {
        attention: Float32Array.of(0.5, 0.25, 0.25),
        contribution,
        bias,
      } as unknown as BagPrediction;
      const logit = (c: number): number =>
        (bias[c] as number) + [0, 1, 2].reduce((sum, i) => sum + (contribution[i * k + c] as number), 0);
      const expected = evidenceWeights(task).reduce((sum, w, c) => sum + w * logit(c), 0);
      expect(evidenceOf(prediction, task).reduce((a, b) => a + b, 0)).toBeCloseTo(expected, 5);
    },
  );

  it("a model of another number of scores is refused", () => {
    const prediction = {
      attention: Float32Array.of(1),
      contribution: new Float32Array(2),
      bias: [0, 0],
    } as unknown as BagPrediction;
    expect(() => evidenceOf(prediction, COX)).toThrow(/expected 2 weights, one a score, received 1/);
  });

  it("the headline orders bags: positive probability, expected grade, number, risk, and of several tasks the first", () => {
    const first = (task: Task) => questionsOf(task)[0] as ReturnType<typeof questionsOf>[number];
    expect(headlineOf(first(CLASSIFY), { probabilities: [0.2, 0.8] })).toBe(0.8);
    expect(headlineOf(first(ORDINAL), { probabilities: [0.5, 0.25, 0.25] })).toBe(0.75);
    expect(headlineOf(first(NUMBER), { value: [4] })).toBe(4);
    expect(headlineOf(first(COX), { risk: [-1] })).toBe(-1);
    expect(headlineOf(first(MANY), { "grade.probabilities": [0, 0, 1], "fate.risk": [9] })).toBe(2);
  });

  it("each answer can be said in a few words", () => {
    expect(answerText(COX, { risk: [0.5] })).toBe("risk 0.5000");
    expect(answerText(MANY, { "grade.probabilities": [0, 0, 1], "fate.risk": [9] })).toBe(
      "grade: 1 0.0000  2 0.0000  3 1.0000; fate: risk 9.0000",
    );
  });
});
