/**
 * Who the patients are. What the table says is kept where it can be true. It is replaced by the barcode where the table has
 * no patient, where it calls most slides their own patient, and where one barcode goes by several ids: each of these hides
 * that two slides are of one person.
 */
import type { Barcode } from "./barcode.ts";
import { slideNamed } from "./slide-name.ts";
import { areSwapped } from "./swapped-column.ts";
import { counted } from "./table.ts";

/** A row before its patient is settled. */
export interface PatientClaim {
  readonly slide: string;
  /** The patient cell; "" where it is missing or the table has no such column. */
  readonly given: string;
  readonly barcode: Barcode | null;
}

export interface PatientsDerived {
  /** One for each claim. */
  readonly patients: readonly string[];
  /** Does anything say who the patient of the claim is? Else the slide stands for a patient of its own. */
  readonly isKnown: readonly boolean[];
  readonly derived: readonly string[];
  readonly notes: readonly string[];
}

/** `column` is the name of the patient column, null where there is none. */
export function derivePatients(claims: readonly PatientClaim[], column: string | null): PatientsDerived {
  const barcoded = claims.filter((c) => c.barcode !== null);
  const isSwapped = column !== null && areSwapped(claims.map(({ slide, given }) => ({ slide, patient: given })));
  const own = column === null ? null : whyOwn(claims, column);
  const reason =
    column === null ? "the table has no patient column" : isSwapped ? null : (own ?? whyNotAsGiven(barcoded, column));
  const isReplaced = reason !== null && barcoded.length > 0;
  const patients = claims.map(({ slide, given, barcode }) => {
    const known = given === "" ? barcode?.patient : isReplaced ? (barcode?.patient ?? given) : given;
    return known ?? slide;
  });
  const derived: string[] = [];
  const notes: string[] = [];
  if (isReplaced) {
    const people = new Set(barcoded.map((c) => c.barcode?.patient)).size;
    derived.push(
      `patient: the ${programmesOf(barcoded)} in the ids of ${counted(barcoded.length, "row")}, ${counted(people, "patient")}; ${reason}`,
    );
  } else if (reason !== null) notes.push(`${reason}; a second slide of the same person would not be noticed`);
  const filled = column === null || isReplaced ? 0 : claims.filter((c) => c.given === "" && c.barcode !== null).length;
  if (filled > 0)
    derived.push(`patient: from the barcode in ${counted(filled, "row")} where column ${column} is empty`);
  const alone = claims.filter((c) => c.given === "" && c.barcode === null).length;
  if (alone > 0 && column !== null)
    notes.push(`${counted(alone, "row")} without a patient: each stands for a patient of its own`);
  if (isSwapped) {
    notes.push(
      `slides and patients look swapped: column ${column} is different in every row, and slides repeat under it; rename the two columns`,
    );
  } else if (!isReplaced) notes.push(...disagreements(barcoded, column));
  const isKnown = claims.map(
    ({ slide, given, barcode }) => barcode !== null || (given !== "" && (own === null || slideNamed(given) !== slide)),
  );
  return { patients, isKnown, derived, notes };
}

/** Why a patient column that repeats the slides says nothing; null where it does not. */
function whyOwn(claims: readonly PatientClaim[], column: string): string | null {
  const known = claims.filter((c) => c.given !== "");
  const own = known.filter((c) => slideNamed(c.given) === c.slide && c.given !== c.barcode?.patient).length;
  return own > 0 && own * 2 > known.length
    ? `column ${column} calls ${own} of ${counted(known.length, "slide")} its own patient`
    : null;
}

/** Why the barcodes are believed instead of the column; null where they agree. */
function whyNotAsGiven(barcoded: readonly PatientClaim[], column: string): string | null {
  const ids = new Map<string, Set<string>>();
  for (const { given, barcode } of barcoded) {
    if (given === "" || barcode === null) continue;
    const set = ids.get(barcode.patient);
    if (set === undefined) ids.set(barcode.patient, new Set([given]));
    else set.add(given);
  }
  const divided = [...ids].filter(([, set]) => set.size > 1);
  const [example] = divided;
  if (example === undefined) return null;
  return `column ${column} gives several ids to ${counted(divided.length, "barcode")} (${example[0]}: ${[...example[1]].slice(0, 3).join(", ")})`;
}

/** Rows whose patient column names one person and whose slide another. */
function disagreements(barcoded: readonly PatientClaim[], column: string | null): string[] {
  const joined = new Map<string, Set<string>>();
  for (const { given, barcode } of barcoded) {
    if (given === "" || barcode === null) continue;
    const set = joined.get(given) ?? new Set();
    joined.set(given, set.add(barcode.patient));
  }
  const several = [...joined].filter(([, set]) => set.size > 1);
  const [example] = several;
  if (example === undefined) return [];
  return [
    `column ${column} joins several barcodes under ${counted(several.length, "id")} (${example[0]}: ${[...example[1]].slice(0, 3).join(", ")}); kept as given`,
  ];
}

function programmesOf(barcoded: readonly PatientClaim[]): string {
  const names = [...new Set(barcoded.map((c) => c.barcode?.programme ?? ""))].sort();
  return names.map((n) => (n === "TCGA" ? "TCGA barcodes" : `${n} ids`)).join(" and ");
}
