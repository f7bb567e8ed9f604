/** Measures of a study (AUROC and the like), as the printed report writes them: three digits, a real minus sign. */

export function writeMeasure(value: number): string {
  const text = value.toFixed(3);
  return Number(text) === 0 ? "0.000" : text.replace("-", "−");
}

/** "0.881 to 0.972"; null where there is no interval. */
export function writeReach(low: number | null | undefined, high: number | null | undefined): string | null {
  return low == null || high == null ? null : `${writeMeasure(low)} to ${writeMeasure(high)}`;
}
