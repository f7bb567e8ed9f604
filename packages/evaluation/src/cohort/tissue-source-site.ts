/** From the tissue source code of a TCGA barcode to the institution that collected the tissue. */
import { TISSUE_SOURCE_SITES } from "./tissue-source-site.data.ts";

const INSTITUTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries(TISSUE_SOURCE_SITES).flatMap(([institution, codes]) =>
    codes.split(" ").map((code) => [code, institution] as const),
  ),
);

/** The institution of a two-character code, null for a code that the table does not list. */
export function institutionOf(code: string): string | null {
  return INSTITUTIONS.get(code.toUpperCase()) ?? null;
}
