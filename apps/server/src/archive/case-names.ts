/** Names of cases. A cohort's case column may count from 1 for every patient: a name that two patients share is told with the patient. */
import { keyOf } from "./key-of.ts";

interface Named {
  readonly case: string | null;
  readonly patient: string | null;
}

export interface CaseNames {
  /** @param otherwise the name where a table knows none: that of the slide */
  of(row: Named, otherwise: string): string;
  /** The name that a key stands for. */
  ofKey(project: string, key: string): string | undefined;
}

export function caseNames(rows: readonly Named[]): CaseNames {
  const patients = new Map<string, Set<string | null>>();
  for (const { case: name, patient } of rows) {
    if (name === null) continue;
    const had = patients.get(name);
    if (had === undefined) patients.set(name, new Set([patient]));
    else had.add(patient);
  }
  const of: CaseNames["of"] = ({ case: name, patient }, otherwise) => {
    if (name === null) return otherwise;
    return (patients.get(name)?.size ?? 0) > 1 && patient !== null ? `${name} (${patient})` : name;
  };
  const keys = new Map<string, Map<string, string>>();
  return {
    of,
    ofKey(project, key) {
      let known = keys.get(project);
      if (known === undefined) {
        const names = rows.filter((row) => row.case !== null).map((row) => of(row, ""));
        known = new Map(names.map((name) => [keyOf("case", project, name), name]));
        keys.set(project, known);
      }
      return known.get(key);
    },
  };
}
