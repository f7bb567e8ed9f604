/**
 * Who a number holds for. Patients are grouped by a recorded trait; each group gets its own n and AUROC with an interval.
 * Columns of numbers with many values (age) are cut into thirds of the patients; an empty value is a group of its own.
 */
import type { ClassifyTask } from "@nacre/core";
import type { Estimate } from "./estimate.ts";
import { type BootstrapOptions, bootstrap } from "./interval/bootstrap.ts";
import { aurocMetric } from "./metric/auroc.ts";
import { type PatientPrediction, sampleOf } from "./prediction.ts";

export interface SubgroupResult {
  readonly column: string;
  readonly group: string;
  /** Labelled patients in the group. */
  readonly n: number;
  readonly auroc: Estimate;
}

/** The group of patients for whom the trait is not recorded. */
export const NOT_RECORDED = "(not recorded)";

/** More distinct numbers than this are cut into thirds. */
const MAX_NUMBERS = 8;

/** AUROC within every group of every column; groups in natural order, columns as given. The column `site` is always known. */
export function subgroups(
  patients: readonly PatientPrediction[],
  task: ClassifyTask,
  columns: readonly string[],
  options: BootstrapOptions,
): SubgroupResult[] {
  return columns.flatMap((column) =>
    groupsOf(patients, column).map(({ group, members }) => {
      const sample = sampleOf(members, task);
      return { column, group, n: sample.n, auroc: bootstrap(sample, [aurocMetric], options)[0] as Estimate };
    }),
  );
}

/** What is known of a patient, whatever the kind of label. */
interface Described {
  readonly sites: readonly string[];
  readonly columns: Readonly<Record<string, string>>;
}

/** Patients grouped by a column, in natural order of the groups. */
export function groupsOf<P extends Described>(
  patients: readonly P[],
  column: string,
): { readonly group: string; readonly members: P[] }[] {
  const groups = new Map<string, P[]>();
  const groupOf = grouping(patients.map((p) => traitOf(p, column)));
  for (const patient of patients) {
    const group = groupOf(traitOf(patient, column));
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [patient]);
    else members.push(patient);
  }
  return [...groups].sort(([a], [b]) => naturalOrder(a, b)).map(([group, members]) => ({ group, members }));
}

function traitOf(patient: Described, column: string): string {
  const value = patient.columns[column]?.trim();
  if (value !== undefined && value !== "") return value;
  return column === "site" && patient.sites.length > 0 ? patient.sites.join(" + ") : "";
}

/** From a value to the name of its group. */
function grouping(values: readonly string[]): (value: string) => string {
  const known = values.filter((v) => v !== "");
  const numbers = known.map(Number).sort((a, b) => a - b);
  const isNumeric = numbers.length > 0 && numbers.every(Number.isFinite);
  if (!isNumeric || new Set(numbers).size <= MAX_NUMBERS) return (v) => (v === "" ? NOT_RECORDED : v);
  const low = numbers[Math.floor(numbers.length / 3)] as number;
  const high = numbers[Math.floor((2 * numbers.length) / 3)] as number;
  return (v) => {
    if (v === "") return NOT_RECORDED;
    if (Number(v) < low) return `below ${low}`;
    return Number(v) < high ? `${low} to below ${high}` : `${high} and above`;
  };
}

function naturalOrder(a: string, b: string): number {
  const rank = (g: string): number => (g === NOT_RECORDED ? 2 : g.startsWith("below ") ? 0 : 1);
  return rank(a) - rank(b) || a.localeCompare(b, "en", { numeric: true });
}
