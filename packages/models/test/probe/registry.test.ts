import { randomStream, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import type { Embeddings } from "../../src/probe/embeddings.ts";
import { meanEmbeddings } from "../../src/probe/embeddings.ts";
import { drawShots } from "../../src/probe/few-shot.ts";
import type { ProbeKind, ProbeLabels, ProbePart } from "../../src/probe/probe.ts";
import { chooseProbe, probes } from "../../src/probe/registry.ts";
import { bagOf } from "../planted-bags.ts";
import { gap } from "./reference.ts";

const WIDTH = 5;

/** Rows of which the first feature tells the answer, roughly; two classes. */
function plantedPart(kind: ProbeKind, n: number, seed: number): ProbePart {
  const random = randomStream(seed, "probe", kind);
  const values = Float32Array.from({ length: n * WIDTH }, () => random.normal());
  const signal = Array.from({ length: n }, (_, i) => (values[i * WIDTH] as number) + 0.5 * random.normal());
  const yes = signal.map((s) => (s > 0 ? 1 : 0));
  const labels: Record<ProbeKind, ProbeLabels> = {
    classify: { kind: "classify", label: yes, k: 2 },
    multilabel: { kind: "multilabel", label: yes.flatMap((y) => [y, 1 - y]), k: 2 },
    regress: { kind: "regress", label: signal },
    survive: {
      kind: "survive",
      time: signal.map((s) => Math.exp(-s) * (0.2 + random.uniform())),
      event: signal.map(() => (random.uniform() < 0.7 ? 1 : 0)),
    },
  };
  return { embeddings: { values, n, d: WIDTH }, labels: labels[kind] };
}

/** Of all pairs in which the planted feature differs, the share that the answer has in the same order. */
function agreement({ values, n }: Embeddings, answer: (i: number) => number): number {
  let same = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const order = ((values[i * WIDTH] as number) - (values[j * WIDTH] as number)) * (answer(i) - answer(j));
      same += order > 0 ? 1 : order === 0 ? 0.5 : 0;
    }
  }
  return same / ((n * (n - 1)) / 2);
}

const cases = probes().flatMap(({ name, kinds }) => kinds.map((kind) => [name, kind] as const));

describe.each(cases)("the probe %s, asked to %s", (name, kind) => {
  const probe = unwrap(chooseProbe({ name }));
  const train = plantedPart(kind, 90, 1);
  const tune = plantedPart(kind, 60, 2);
  const { embeddings } = plantedPart(kind, 50, 3);
  const fitted = unwrap(probe.fit(train, tune));
  const answers = fitted.predict(embeddings);

  it("finds what was planted and answers in its form", () => {
    expect(answers.length).toBe(50 * fitted.k);
    expect(
      agreement(embeddings, (i) => answers[i * fitted.k + (kind === "classify" ? 1 : 0)] as number),
    ).toBeGreaterThan(0.7);
    if (kind === "classify" || kind === "multilabel") expect(answers.every((p) => p >= 0 && p <= 1)).toBe(true);
    if (kind === "classify")
      for (let i = 0; i < 50; i++)
        expect((answers[2 * i] as number) + (answers[2 * i + 1] as number)).toBeCloseTo(1, 12);
  });

  it("answers each row by itself, and the same twice", () => {
    const last = { values: embeddings.values.slice(-WIDTH), n: 1, d: WIDTH };
    expect(gap(fitted.predict(last), answers.slice(-fitted.k))).toBe(0);
    expect(gap(unwrap(probe.fit(train, tune)).predict(embeddings), answers)).toBe(0);
  });

  it("is what its linear weights say, where it has them", () => {
    const { linear } = fitted;
    if (linear === null) return;
    const logits = Array.from({ length: 50 * linear.k }, (_, at) => {
      const [i, c] = [Math.floor(at / linear.k), at % linear.k];
      let sum = linear.bias[c] as number;
      for (let j = 0; j < WIDTH; j++)
        sum += (embeddings.values[i * WIDTH + j] as number) * (linear.weight[j * linear.k + c] as number);
      return sum;
    });
    const linked = logits.map((z, at) => {
      if (kind === "classify") return 1 / (1 + Math.exp((logits[at % 2 === 0 ? at + 1 : at - 1] as number) - z));
      return kind === "multilabel" ? 1 / (1 + Math.exp(-z)) : z;
    });
    expect(gap(linked, answers)).toBeLessThan(1e-12);
  });

  it("refuses embeddings that are not finite, of another width, or none", () => {
    const broken = {
      ...train,
      embeddings: { ...train.embeddings, values: train.embeddings.values.map((v, i) => (i === 7 ? Number.NaN : v)) },
    };
    expect(probe.fit(broken, tune)).toMatchObject({
      ok: false,
      failure: { kind: "not-finite", received: "NaN in row 1, feature 2" },
    });
    const narrow = { ...tune, embeddings: { values: new Float64Array(60), n: 60, d: 1 } };
    expect(probe.fit(train, narrow)).toMatchObject({ ok: false, failure: { kind: "dimension-mismatch" } });
    expect(() => fitted.predict(narrow.embeddings)).toThrow("expected embeddings of 5 features, received 1");
  });

  it("refuses a train part in which an answer never occurs", () => {
    if (kind === "regress") return;
    const { labels } = train;
    const zeros = (values: ArrayLike<number>) => Array.from(values, () => 0);
    const same =
      labels.kind === "survive" ? { ...labels, event: zeros(labels.event) } : { ...labels, label: zeros(labels.label) };
    const refused = probe.fit({ ...train, labels: same }, tune);
    expect(refused).toMatchObject({ ok: false, failure: { kind: kind === "survive" ? "too-few" : "one-class" } });
  });
});

describe("the registry of probes", () => {
  it("tells of every probe and names the nearest one to a wrong name or option", () => {
    expect(probes().map(({ name }) => name)).toEqual(["linear", "knn", "prototypes", "elastic-net", "cox"]);
    expect(chooseProbe({ name: "linaer" })).toMatchObject({
      ok: false,
      failure: { kind: "bad-study", remedy: "did you mean linear" },
    });
    expect(chooseProbe({ name: "knn", neighbour: 3 })).toMatchObject({
      ok: false,
      failure: { remedy: "did you mean neighbours" },
    });
  });

  it("a probe says which labels it does not take, and which choices it cannot make without a tune part", () => {
    const survive = plantedPart("survive", 40, 1);
    expect(unwrap(chooseProbe({ name: "knn" })).fit(survive, null)).toMatchObject({
      ok: false,
      failure: { kind: "bad-study" },
    });
    const train = plantedPart("classify", 40, 1);
    expect(unwrap(chooseProbe({ name: "linear" })).fit(train, null)).toMatchObject({
      ok: false,
      failure: { kind: "too-few" },
    });
    expect(unwrap(chooseProbe({ name: "linear", c: 0.5 })).fit(train, null).ok).toBe(true);
  });

  it("a tune part without one of the classes is no obstacle", () => {
    const tune = plantedPart("classify", 30, 2);
    const one: ProbePart = { ...tune, labels: { kind: "classify", label: new Array(30).fill(0), k: 2 } };
    expect(unwrap(chooseProbe({ name: "linear" })).fit(plantedPart("classify", 40, 1), one).ok).toBe(true);
  });
});

describe("embeddings and shots", () => {
  it("the mean of a bag is the mean of its tiles, and an empty bag or another width is refused", () => {
    const bags = [bagOf(Float32Array.of(1, 10, 3, 20), 2), bagOf(Float32Array.of(5, 6), 2)];
    expect(unwrap(meanEmbeddings(bags))).toEqual({ values: Float64Array.of(2, 15, 5, 6), n: 2, d: 2 });
    expect(meanEmbeddings([...bags, bagOf(new Float32Array(0), 2)])).toMatchObject({
      ok: false,
      failure: { kind: "empty-bag" },
    });
    expect(meanEmbeddings([...bags, bagOf(Float32Array.of(1), 1)])).toMatchObject({
      ok: false,
      failure: { kind: "dimension-mismatch" },
    });
  });

  it("shots are rows of each class, as many of each, the same for the same seed", () => {
    const label = Array.from({ length: 30 }, (_, i) => i % 3);
    const drawn = unwrap(drawShots(label, 3, 4, randomStream(1)));
    expect([0, 1, 2].map((c) => drawn.filter((i) => label[i] === c).length)).toEqual([4, 4, 4]);
    expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
    expect(unwrap(drawShots(label, 3, 4, randomStream(1)))).toEqual(drawn);
    expect(drawShots(label, 3, 11, randomStream(1))).toMatchObject({ ok: false, failure: { kind: "too-few" } });
  });
});
