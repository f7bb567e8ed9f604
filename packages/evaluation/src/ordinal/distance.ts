/**
 * How far calls are from labels when the classes are grades in order, lowest first; one grade to the next counts 1.
 * The call is the most probable class; the expected grade is the mean of the grades under the probabilities, which uses more
 * of what the model says and can lie between grades.
 */
import { type Metric, ready, undefinedBecause, weightedMean } from "../metric/metric.ts";
import { predictedClass, type Sample } from "../sample.ts";

export const ordinalErrorMetric: Metric = {
  name: "ordinalError",
  title: "mean distance in grades between call and label",
  perfect: 0,
  range: [0, Number.POSITIVE_INFINITY],
  prepare(sample: Sample) {
    return sample.n === 0 ? undefinedBecause("no labelled patient") : ready(weightedMean(stepsOff(sample)));
  },
};

export const expectedGradeErrorMetric: Metric = {
  name: "expectedGradeError",
  title: "mean distance in grades between expected grade and label",
  perfect: 0,
  range: [0, Number.POSITIVE_INFINITY],
  prepare(sample: Sample) {
    if (sample.n === 0) return undefinedBecause("no labelled patient");
    const grades = expectedGrades(sample);
    return ready(weightedMean(grades.map((grade, i) => Math.abs(grade - (sample.labels[i] as number)))));
  },
};

export const withinOneMetric: Metric = {
  name: "withinOne",
  title: "share of patients called at most one grade off",
  perfect: 1,
  range: [0, 1],
  shareOf: (sample) => sample.n,
  prepare(sample: Sample) {
    if (sample.n === 0) return undefinedBecause("no labelled patient");
    if (sample.k < 3) return undefinedBecause(`with ${sample.k} classes every call is at most one grade off`);
    return ready(weightedMean(stepsOff(sample).map((steps) => (steps <= 1 ? 1 : 0))));
  },
};

/** Mean grade of each patient under the probabilities, grades 0 to k - 1, [n]. */
export function expectedGrades({ n, k, probabilities }: Sample): Float64Array {
  const grades = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let c = 1; c < k; c++) sum += c * (probabilities[i * k + c] as number);
    grades[i] = sum;
  }
  return grades;
}

/** |call - label| in grades, [n]. */
function stepsOff(sample: Sample): Float64Array {
  return Float64Array.from(sample.labels, (label, i) => Math.abs(predictedClass(sample, i) - label));
}
