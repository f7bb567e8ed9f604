/** Which column is the label, and the task it makes. Nothing is guessed: where two columns could be it, the candidates are named. */
import { type ClassifyTask, fail, nearestName, type Outcome, ok } from "@nacre/core";
import { counted, isMissing, plainName } from "./table.ts";

/** A column of the joined table. */
export interface NamedCells {
  readonly name: string;
  readonly cells: readonly string[];
}

export interface LabelChoice {
  readonly task: ClassifyTask | null;
  readonly column: string | null;
  readonly notes: readonly string[];
}

const OBVIOUS = ["label", "labels", "target", "class", "y"];
/** Columns that describe patients or slides; a label only if somebody says so. */
const DESCRIBES =
  /^(sex|gender|age.*|race|ethnic.*|scanner|stain|date|year|.*_date|mpp|project_id|study|split|part|set|fold.*|site|source|dir|path|is_ffpe|level.*|op|mag.*|.*_id|(.*_)?censor.*|event|status|vital_status|.*_status|.*surviv.*|time|days.*)$/;
const MAX_CLASSES = 50;
const SHOWN = 12;

/**
 * The label. Failures, for a column that was asked for only: `missing-column`, `one-class`, `bad-value` (a measurement).
 * `columns` are those that could be a label: no ids, no sites, no parts of a split.
 */
export function chooseLabel(
  columns: readonly NamedCells[],
  header: readonly string[],
  wanted: string | null,
): Outcome<LabelChoice> {
  if (wanted !== null) {
    const column =
      columns.find((c) => c.name === wanted) ?? columns.find((c) => plainName(c.name) === plainName(wanted));
    return column === undefined ? noSuchColumn(wanted, header) : settle(column, true);
  }
  for (const name of OBVIOUS) {
    const named = columns.find((c) => plainName(c.name) === name);
    if (named !== undefined) return settle(named, false);
  }
  const candidates = columns.flatMap((c) => {
    const classes = couldBeLabel(c);
    return classes === null ? [] : [{ ...c, classes }];
  });
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return settle(only, false);
  const notes =
    candidates.length === 0
      ? ["no column could be the label; name it with --label, or give the table that holds it with --labels"]
      : [
          `the label is not known: ${listed([...candidates].sort((a, b) => a.classes - b.classes))} could be it; name one with --label`,
        ];
  return ok({ task: null, column: null, notes });
}

function settle({ name, cells }: NamedCells, isWanted: boolean): Outcome<LabelChoice> {
  const known = cells.filter((c) => !isMissing(c));
  const classes = inOrder([...new Set(known)]);
  const [first, second, ...rest] = classes;
  if (first === undefined || second === undefined) {
    const what = first === undefined ? "no value" : `only \`${first}\``;
    if (isWanted) {
      return fail("one-class", {
        expected: `at least two classes in column ${name}`,
        received: what,
        remedy: "name another column with --label, or give the table that holds it with --labels",
      });
    }
    return ok({
      task: null,
      column: name,
      notes: [
        `column ${name} holds ${what}, so nothing is asked about the label; name another with --label, or give a table with --labels`,
      ],
    });
  }
  if (classes.length > MAX_CLASSES) {
    if (isWanted) {
      return fail("bad-value", {
        expected: `a label with at most ${MAX_CLASSES} classes in column ${name}`,
        received: `${classes.length} different values`,
        remedy: "name another column, or cut the measurement into classes",
      });
    }
    const notes = [`column ${name} has ${classes.length} different values and is not taken for a class`];
    return ok({ task: null, column: name, notes });
  }
  const missing = cells.length - known.length;
  const notes = missing === 0 ? [] : [`${counted(missing, "row")} without a value in column ${name}`];
  const positive = classes.at(-1) as string;
  return ok({
    task: { kind: "classify", label: name, classes: [first, second, ...rest], positive },
    column: name,
    notes,
  });
}

/** Numbers by size, anything else by spelling. */
function inOrder(classes: readonly string[]): string[] {
  const areNumbers = classes.every((c) => Number.isFinite(Number(c)));
  return [...classes].sort((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0));
}

/** The number of classes a column would have as a label; null where it describes, measures or names. */
function couldBeLabel({ name, cells }: NamedCells): number | null {
  if (DESCRIBES.test(plainName(name))) return null;
  const values = new Set<string>();
  for (const cell of cells) {
    if (!isMissing(cell)) values.add(cell);
    if (values.size > MAX_CLASSES) return null;
  }
  return values.size >= 2 && values.size * 2 <= cells.length ? values.size : null;
}

function listed(candidates: readonly NamedCells[]): string {
  const names = candidates.slice(0, SHOWN).map((c) => c.name);
  const more = candidates.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more columns` : ""}`;
}

function noSuchColumn(wanted: string, header: readonly string[]): Outcome<never> {
  const near = nearestName(wanted, header);
  return fail("missing-column", {
    expected: `a label column \`${wanted}\``,
    received: header.join(", "),
    remedy:
      near === null
        ? "name one of these columns with --label, or give the table that has it with --labels"
        : `did you mean \`${near}\`?`,
  });
}
