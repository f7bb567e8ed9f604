/** What rows of predictions must be to each other: each bag once, one label a patient, nobody both fitted on and reported. */
import { fail } from "@nacre/core";
import { type PredictionRow, SEED_COLUMN } from "@nacre/evaluation";
import { counted } from "../report/number-text.ts";
import { rowNumber, type Table } from "../study/parse-table.ts";
import { shown } from "./bad-cell.ts";

type Problem = ReturnType<typeof fail>;

/** The first problem of the rows, or null. `rows` are those of `table`, in its order. Failures: duplicate-id, conflicting-label, refused, nothing-usable. */
export function problemOf(rows: readonly PredictionRow[], table: Table): Problem | null {
  return repeatOf(rows, table) ?? conflict(rows, table) ?? leak(rows) ?? nothingToJudge(rows, table.file);
}

/** A bag that a part, a fold and a seed hold twice, or null. Failures: duplicate-id. */
export function repeatOf(rows: readonly PredictionRow[], table: Table): Problem | null {
  const seen = new Map<string, Map<string, number>>();
  const seeds = table.header.indexOf(SEED_COLUMN);
  for (const [i, { slide, part, fold }] of rows.entries()) {
    const seed = table.rows[i]?.[seeds] ?? "";
    const inPlace = of(seen, `${part} ${fold} ${seed}`);
    const before = inPlace.get(slide);
    if (before !== undefined) {
      const at = `rows ${rowNumber(table, before)} and ${rowNumber(table, i)} of ${table.file}`;
      const place = `part ${part}${fold === null ? "" : `, fold ${fold}`}${seed === "" ? "" : `, seed ${shown(seed)}`}`;
      return fail("duplicate-id", {
        expected: "each slide once in a part and fold",
        received: `\`${shown(slide)}\` twice in ${place}: ${at}`,
        remedy: `take one of the two rows out, or give the two slides two names; runs with several seeds are told apart by a column ${SEED_COLUMN}`,
      });
    }
    inPlace.set(slide, i);
  }
  return null;
}

/** The map under a key, made where there is none. */
function of(maps: Map<string, Map<string, number>>, key: string): Map<string, number> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const made = new Map<string, number>();
  maps.set(key, made);
  return made;
}

function conflict(rows: readonly PredictionRow[], table: Table): Problem | null {
  const first = new Map<string, Map<string, number>>();
  for (const [i, { patient, part, label }] of rows.entries()) {
    if (label === null) continue;
    const inPart = of(first, part);
    const before = inPart.get(patient);
    if (before === undefined) inPart.set(patient, i);
    else if (rows[before]?.label !== label) {
      const at = `column label, rows ${rowNumber(table, before)} and ${rowNumber(table, i)} of ${table.file}`;
      return fail("conflicting-label", {
        expected: `one label for each patient of part ${part}`,
        received: `\`${shown(rows[before]?.label ?? "")}\` and \`${shown(label)}\` for patient ${shown(patient)} in ${at}`,
        remedy: "correct the labels",
      });
    }
  }
  return null;
}

/** A table that says who was trained on is believed: a patient both fitted on and reported, in one fold, ends it. */
function leak(rows: readonly PredictionRow[]): ReturnType<typeof fail> | null {
  const fitted = rows.filter((r) => r.part === "train" || r.part === "tune");
  const seen = new Set(fitted.map((r) => `${r.fold}\u0000${r.patient}`));
  const anywhere = new Set(fitted.map((r) => r.patient));
  const leaked = rows.filter(
    (r) =>
      (r.part === "test" && seen.has(`${r.fold}\u0000${r.patient}`)) ||
      (r.part === "external" && anywhere.has(r.patient)),
  );
  if (leaked.length === 0) return null;
  const patients = new Set(leaked.map((r) => r.patient));
  return fail("refused", {
    expected: "no patient both fitted on and reported in one fold (patient-leak)",
    received: `${counted(patients.size, "such patient")}, for example ${leaked[0]?.patient}`,
    remedy: "take these patients out of one of the parts and fit again",
  });
}

function nothingToJudge(rows: readonly PredictionRow[], file: string): ReturnType<typeof fail> | null {
  const judged = rows.filter((r) => r.part === "test" || r.part === "external");
  if (judged.some((r) => r.label !== null)) return null;
  return fail("nothing-usable", {
    expected: "a row of part test or external with a label",
    received:
      judged.length === 0
        ? `parts ${[...new Set(rows.map((r) => r.part))].join(" and ")} only in ${file}`
        : `no label in ${file}`,
    remedy: "give the predictions of patients the model was not fitted on, with their labels",
  });
}
