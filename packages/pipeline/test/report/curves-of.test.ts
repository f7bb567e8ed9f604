import { sampleOf, toPatients } from "@nacre/evaluation";
import { describe, expect, it } from "vitest";
import { curvesOf } from "../../src/report/curves-of.ts";
import { predictedClass } from "../../src/report/prediction-text.ts";
import { fixture, TASK } from "./fixture.ts";

/** Four patients, two of each class, ranked perfectly. */
function sample(labels: readonly string[]) {
  const people = toPatients(
    labels.map((label, i) => ({
      slide: `s${i}`,
      case: `c${i}`,
      patient: `p${i}`,
      site: null,
      part: "test" as const,
      fold: 0,
      label,
      probabilities: label === "mutant" ? [0.1, 0.9] : [0.8, 0.2],
    })),
    TASK,
  );
  if (!people.ok) throw new Error(people.failure.received);
  return sampleOf(people.value, TASK);
}

describe("curvesOf", () => {
  it("gives one entry of the positive class for two classes", () => {
    const { classes, reliability } = curvesOf(sample(["wild", "mutant", "wild", "mutant"]), null);
    expect(classes.map((c) => c.className)).toEqual(["mutant"]);
    expect(classes[0]?.internal).toMatchObject({ n: 4, positives: 2 });
    expect(classes[0]?.external).toBeNull();
    expect(reliability.internal).toHaveLength(10);
  });

  it("draws no curve where a class is absent", () => {
    expect(curvesOf(sample(["wild", "wild"]), null).classes[0]?.internal).toBeNull();
  });

  it("is empty without patients", () => {
    expect(curvesOf(null, null)).toEqual({ classes: [], reliability: { internal: null, external: null } });
  });
});

describe("predictedClass", () => {
  const data = fixture({ pictures: false });
  const slide = data.slides[0];
  if (slide === undefined) throw new Error("the fixture has slides");

  it("calls the positive class at a probability of one half, as the referee does", () => {
    expect(predictedClass({ ...slide, probabilities: [0.5, 0.5] }, data.asked)?.name).toBe("mutant");
    expect(predictedClass({ ...slide, probabilities: [0.51, 0.49] }, data.asked)?.name).toBe("wild");
  });

  it("refuses probabilities that do not fit the classes", () => {
    expect(() => predictedClass({ ...slide, probabilities: [1] }, data.asked)).toThrow(/expected 2 probabilities/);
  });
});
