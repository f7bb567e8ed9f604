/** Disease or hospital: what neighbours on the map tell apart, in words. */
import type { EmbeddingMap } from "@nacre/api";
import { writeMeasure } from "../ui/write-measure.ts";

type Separation = EmbeddingMap["separation"][number];

const COLUMNS: Readonly<Record<string, string>> = {
  label: "disease",
  site: "hospitals",
  scanner: "scanners",
  stain: "stains",
  quality: "quality",
};

/** What a column is called in a sentence. */
export const columnWord = (name: string): string => COLUMNS[name] ?? name;

/** Differences smaller than this are not told. */
const TELLING = 0.05;
/** From here on neighbours tell a column apart. */
const CLEAR = 0.7;

export interface Verdict {
  readonly tone: "good" | "warn" | "info";
  readonly text: string;
}

/** What the separations say together; null where the label or the site is not measured. */
export function verdictOf(separation: readonly Separation[]): Verdict | null {
  const of = (column: string): number | null => separation.find((row) => row.column === column)?.auroc ?? null;
  const [label, site] = [of("label"), of("site")];
  if (label === null || site === null) return null;
  const numbers = `Neighbours tell hospitals apart: ${writeMeasure(site)}; disease: ${writeMeasure(label)}.`;
  if (site > label + TELLING)
    return {
      tone: "warn",
      text: `${numbers} The map shows the hospital more than the disease: a model on these features can learn where a slide was made.`,
    };
  if (site >= CLEAR)
    return {
      tone: "warn",
      text: `${numbers} The features know the hospital too: judge the model on hospitals it has not seen.`,
    };
  if (label < CLEAR) return { tone: "info", text: `${numbers} Neighbours tell neither apart well.` };
  return { tone: "good", text: `${numbers} The map shows the disease more than the hospital.` };
}
