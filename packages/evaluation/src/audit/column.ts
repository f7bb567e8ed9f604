/**
 * Columns that give the label away. Each column of the table that has few values, or numbers (cut into tenths of the
 * patients), is asked to predict the label alone. A column that says how a slide was made (site, scanner, stain, date, scale)
 * is a shortcut and a warning; any other may be medicine and is for the record.
 */
import type { CohortRow } from "@nacre/core";
import { columnBaseline, type DealtFolds, dealFolds } from "../baseline/column-baseline.ts";
import type { AuditContext, Finding } from "./finding.ts";

/** A column is reported from this AUROC, if its interval lies above 0.5. */
const NOTABLE = 0.6;
/** Text columns with more values than this, or with more than half as many as patients, are names. */
const MAX_VALUES = 200;
const MAX_NUMBERS = 20;
const TECHNICAL =
  /(^|[^a-z])(sites?|centers?|centres?|hospitals?|institutions?|providers?|labs?|laborator\w*|scanners?|vendors?|devices?|stains?|stainers?|dates?|years?|batch(es)?|mpp|magnifications?|objectives?|uploads?|source)([^a-z]|$)/i;

/** One finding for each telling column, the strongest first. `ignore` are columns never asked: the label, the ids. */
export function tellingColumns(context: AuditContext, ignore: ReadonlySet<string>): Finding[] {
  const patients = firstRows(context);
  const names = new Set(patients.flatMap(({ row }) => Object.keys(row.columns)).filter((n) => !ignore.has(n)));
  names.delete("site");
  const columns = [...names].map((name) => [name, patients.map(({ row }) => row.columns[name]?.trim() ?? "")] as const);
  const sites = patients.map(({ row }) => row.site ?? "");
  // The column the site was read from says the same thing a second time.
  const others = columns.filter(([, values]) => values.some((v, i) => v !== sites[i]));
  const asked = [["site", sites] as const, ...others];
  const dealt = dealFolds(
    Int32Array.from(patients, (p) => p.label),
    { seed: context.seed },
  );
  return asked
    .flatMap(([name, values]) => {
      const found = judge(context, { column: name, values, patients, dealt });
      return found === null ? [] : [found];
    })
    .sort((a, b) => (b.measure?.value ?? 0) - (a.measure?.value ?? 0));
}

/** Each labelled patient with one row: the label is the patient's, the columns those of the first slide. */
function firstRows({ cohort, labelOf }: AuditContext): { row: CohortRow; label: number }[] {
  const seen = new Map<string, { row: CohortRow; label: number }>();
  for (const row of cohort) {
    const label = labelOf(row);
    if (label !== null && !seen.has(row.patient)) seen.set(row.patient, { row, label });
  }
  return [...seen.values()];
}

/** A column and the patients it is asked about; `dealt` fits where none of them lacks a value. */
interface Asked {
  readonly column: string;
  readonly values: readonly string[];
  readonly patients: readonly { readonly row: CohortRow; readonly label: number }[];
  readonly dealt: DealtFolds;
}

function judge(context: AuditContext, { column, values, patients, dealt }: Asked): Finding | null {
  const groups = grouped(column, values);
  if (groups === null) return null;
  const rows = patients.flatMap(({ row, label }, i) =>
    groups[i] === "" ? [] : [{ row, label, value: groups[i] as string }],
  );
  const measure = columnBaseline(rows, context.classes.length, {
    seed: context.seed,
    ...(rows.length === patients.length ? { dealt } : {}),
  });
  if (measure.value === null || measure.value < NOTABLE || (measure.low ?? 0) <= 0.5) return null;
  return {
    kind: "column-predicts-label",
    severity: column === "site" || TECHNICAL.test(column) ? "warn" : "info",
    column,
    count: rows.length,
    share: null,
    measure,
    examples: largestGroups(rows, context),
    effect: `A model that only recognises ${column} scores an AUROC of ${measure.value.toFixed(2)} on patients it has not seen`,
    remedy: `report the number within each ${column}, test on values of ${column} that training has not seen, or balance the cohort`,
  };
}

/** The values as groups, or null for a column that cannot or need not be asked (constant, names). */
function grouped(column: string, values: readonly string[]): readonly string[] | null {
  const known = values.filter((v) => v !== "");
  const distinct = new Set(known);
  if (distinct.size < 2) return null;
  const isDate = known.every((v) => /^\d{4}-\d{2}(-\d{2}.*)?$/.test(v));
  if (distinct.size > MAX_NUMBERS && isDate) return values.map((v) => v.slice(0, 4));
  const isNumber = known.every((v) => Number.isFinite(Number(v)));
  if (distinct.size > MAX_NUMBERS && isNumber && column !== "site") return tenths(values);
  return column !== "site" && (distinct.size > MAX_VALUES || distinct.size > known.length / 2) ? null : values;
}

function tenths(values: readonly string[]): string[] {
  const sorted = values
    .filter((v) => v !== "")
    .map(Number)
    .sort((a, b) => a - b);
  const edges = Array.from({ length: 9 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / 10)] as number);
  const nameOf = (t: number): string => (t === 0 ? `below ${edges[0]}` : `from ${edges[t - 1]}`);
  return values.map((v) => (v === "" ? "" : nameOf(edges.filter((e) => Number(v) >= e).length)));
}

function largestGroups(
  rows: readonly { row: CohortRow; label: number; value: string }[],
  { classes, examples: most }: AuditContext,
): Finding["examples"] {
  const groups = new Map<string, { labels: number[]; slides: string[] }>();
  for (const { row, label, value } of rows) {
    const group = groups.get(value) ?? { labels: classes.map(() => 0), slides: [] };
    group.labels[label] = (group.labels[label] as number) + 1;
    if (group.slides.length < 3) group.slides.push(row.slide);
    groups.set(value, group);
  }
  const size = (labels: readonly number[]): number => labels.reduce((a, b) => a + b, 0);
  return [...groups]
    .sort(([, a], [, b]) => size(b.labels) - size(a.labels))
    .slice(0, most)
    .map(([value, { labels, slides }]) => ({
      fold: null,
      patient: null,
      slides,
      note: `${value}: ${labels.map((n, c) => `${n} ${classes[c]}`).join(", ")}`,
    }));
}
