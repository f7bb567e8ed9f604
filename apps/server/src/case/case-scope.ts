/** Which cases somebody may see, and how a case is called to whom. */
import type { Person } from "@nacre/api";
import type { Selectable } from "kysely";
import { notFound } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import type { Tables } from "../store/tables.ts";

export type CaseRecord = Selectable<Tables["patient_case"]>;

/** A case that may be seen. @throws ApiRefusal not-found, the same for what is not there and what may not be seen */
export async function caseFor(
  { db, archive }: Pick<Services, "db" | "archive">,
  who: Person,
  key: string,
): Promise<CaseRecord> {
  const row = await db.selectFrom("patient_case").selectAll().where("key", "=", key).executeTakeFirst();
  if (row === undefined || !archive.seenBy(who).some((project) => project.key === row.project))
    return notFound("a case");
  return row;
}

export function seesIdentifiers(who: Person): boolean {
  return who.rights.includes("identifiers");
}

/** The name of a case: an accession number says who the patient is as well as his id does, so without the right it is a short form of the key. */
export function caseName({ key, name }: Pick<CaseRecord, "key" | "name">, who: Person): string {
  return seesIdentifiers(who) ? name : `case ${key.slice(0, 6)}`;
}

const WORDS =
  "id|mrn|name|surname|accession|birth|dob|born|address|phone|email|insurance|ssn|adresse|anschrift|nom|nombre";
const IDENTIFYING = new RegExp(
  `(^|[_\\s-])(${WORDS})([_\\s-]|$)|patient|case|slide|file|^pid|^pat|name$|^geb|^prenom|^naissance|^apellido|^telefon|^fall`,
  "i",
);
const DAY = /^\d{4}-\d{2}-\d{2}|^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|^\d{8}(\D|$)/;

/** Whether a column of a cohort table says who somebody is, by its name. */
export const isIdentifying = (column: string): boolean => IDENTIFYING.test(column);

/**
 * Cells of the cohort table that may be told: without the right no column that names somebody, no cell in which the name of the case or of its
 * patient stands, whatever its column is called, and of a day only its year.
 */
export function tellableFacts(
  { facts, name, patient }: Pick<CaseRecord, "facts" | "name" | "patient">,
  who: Person,
): Record<string, string> {
  if (seesIdentifiers(who)) return { ...facts };
  const names = [name, patient ?? ""].filter((one) => one !== "").map((one) => one.toLowerCase());
  const told = Object.entries(facts).filter(([column, value]) => {
    const said = value.toLowerCase();
    // Short ids such as "7" stand in every number: as a whole, or not at all.
    return !isIdentifying(column) && !names.some((one) => (one.length > 3 ? said.includes(one) : said === one));
  });
  return Object.fromEntries(told.map(([column, value]) => [column, DAY.test(value) ? yearOf(value) : value]));
}

function yearOf(day: string): string {
  return /^\d{4}|(?<=\D)\d{4}/.exec(day)?.[0] ?? "";
}
