/** The mean over labels of a statistic, each label over the patients for whom it is known. */
import { type Prepared, ready, undefinedBecause, type Weighted } from "../metric/metric.ts";
import { columnsOf, expectMultilabel, type LabelColumn, type MultilabelSample, oneSided } from "./multilabel-sample.ts";

/** `statistic` sees the known part of a label; its weights are those of `column.rows`. Undefined where no label has both sides. */
export function prepareMacro(sample: MultilabelSample, statistic: (column: LabelColumn) => Weighted): Prepared {
  expectMultilabel(sample);
  if (sample.n === 0) return undefinedBecause("no labelled patient");
  const columns = columnsOf(sample);
  const kept = columns.filter((column) => oneSided(column) === null);
  if (kept.length === 0) {
    const why = columns.map((column) => `${column.name} is ${oneSided(column)}`).join("; ");
    return undefinedBecause(why === "" ? "the sample has no label" : why);
  }
  const parts = kept.map((column) => ({
    at: statistic(column),
    rows: column.rows,
    own: new Float64Array(column.rows.length),
  }));
  return ready((weights) => {
    let sum = 0;
    for (const { at, rows, own } of parts) {
      for (let i = 0; i < own.length; i++) own[i] = weights[rows[i] as number] as number;
      const value = at(own);
      if (value === null) return null;
      sum += value;
    }
    return sum / parts.length;
  });
}
