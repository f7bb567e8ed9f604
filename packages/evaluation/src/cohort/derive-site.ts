/**
 * Which hospital a slide is from. A given site column wins, with two exceptions: one that repeats the tissue source codes of
 * the barcodes is passed over, since a code belongs to one project and so gives the label away by construction: another column
 * is taken, or the institutions behind the codes; one that names kinds of tissue (primary tumour, metastasis) is no hospital.
 */
import type { Barcode } from "./barcode.ts";
import { counted, distinctKnown, isMissing } from "./table.ts";
import { PROBABLY_ONE } from "./tissue-source-site.data.ts";
import { institutionOf } from "./tissue-source-site.ts";

export interface SiteColumn {
  readonly name: string;
  /** One cell a row. */
  readonly cells: readonly string[];
}

export interface SitesDerived {
  /** One for each row; null where nothing is known. */
  readonly sites: readonly (string | null)[];
  readonly derived: readonly string[];
  readonly notes: readonly string[];
  /** True where the sites come from tissue source codes. */
  readonly isMapped: boolean;
}

const KIND_OF_TISSUE = /\b(primary|metasta\w*|recurren\w*|normal|biops\w*|resection)\b/i;

export function deriveSites(barcodes: readonly (Barcode | null)[], columns: readonly SiteColumn[]): SitesDerived {
  const notes: string[] = [];
  let why = "no column says the hospital";
  for (const column of columns) {
    const known = column.cells.filter((cell) => !isMissing(cell));
    if (known.length === 0) continue;
    if (known.every((cell) => KIND_OF_TISSUE.test(cell))) {
      notes.push(`column ${column.name} names kinds of tissue (${known[0]}), not hospitals; it is not the site`);
    } else if (areSourceCodes(column.cells, barcodes)) why = `column ${column.name} holds tissue source codes`;
    else return { ...asGiven(column, barcodes), notes };
  }
  if (barcodes.every((b) => b?.source == null))
    return { sites: barcodes.map(() => null), derived: [], notes, isMapped: false };
  const found = mapped(barcodes, why);
  return { ...found, notes: [...notes, ...namesakes(found.sites)] };
}

/**
 * A sentence where raw source codes tell the label of every patient and institutions do not; null elsewhere. Codes seen once
 * prove nothing, so there must be at least one code with two patients for every two codes.
 */
export function codesTellLabel(
  rows: readonly { readonly patient: string; readonly label: string | null; readonly source: string | null }[],
): string | null {
  const patients = new Map(rows.filter((r) => r.label !== null && r.source !== null).map((r) => [r.patient, r]));
  const byCode = new Map<string, Set<string>>();
  const byInstitution = new Map<string, Set<string>>();
  for (const { label, source } of patients.values()) {
    if (label === null || source === null) continue;
    addTo(byCode, source, label);
    addTo(byInstitution, institutionOf(source) ?? source, label);
  }
  const labels = new Set([...byCode.values()].flatMap((set) => [...set]));
  const isTold = (groups: ReadonlyMap<string, ReadonlySet<string>>): boolean =>
    [...groups.values()].every((set) => set.size === 1);
  if (labels.size < 2 || patients.size < byCode.size * 1.5 || !isTold(byCode) || isTold(byInstitution)) return null;
  return `site: the ${byCode.size} raw tissue source codes tell the label of every patient, because a code is issued for one project; the ${byInstitution.size} institutions behind them do not, so institutions are the sites`;
}

/** The column as it is. Where it names the institutions of the code table, its gaps are filled from the barcodes. */
function asGiven({ name, cells }: SiteColumn, barcodes: readonly (Barcode | null)[]): Omit<SitesDerived, "notes"> {
  const derived = [`site: column ${name} as given, ${counted(distinctKnown(cells), "value")}`];
  const behind = barcodes.map((b) => (b?.source == null ? null : institutionOf(b.source)));
  const both = cells.flatMap((cell, i) => (isMissing(cell) || behind[i] == null ? [] : [i]));
  const equal = both.filter((i) => cells[i] === behind[i]).length;
  const isTable = both.length > 0 && equal > both.length / 2;
  const sites = cells.map((cell, i) => (isMissing(cell) ? (isTable ? (behind[i] ?? null) : null) : cell));
  const filled = sites.filter((site, i) => site !== null && isMissing(cells[i] ?? "")).length;
  if (filled > 0)
    derived.push(`site: the institution of the barcode in ${counted(filled, "row")} where ${name} is empty`);
  return { sites, derived, isMapped: false };
}

/** Pairs of names that are probably one hospital and both occur. */
function namesakes(sites: readonly (string | null)[]): string[] {
  const present = new Set(sites);
  const pairs = PROBABLY_ONE.filter(([a, b]) => present.has(a) && present.has(b)).map(([a, b]) => `${a} = ${b}`);
  if (pairs.length === 0) return [];
  return [
    `sites that the code table keeps apart and that are probably one hospital: ${pairs.join("; ")}; they count as two`,
  ];
}

function mapped(barcodes: readonly (Barcode | null)[], why: string): Omit<SitesDerived, "notes"> {
  const codes = new Set(barcodes.map((b) => b?.source ?? null).filter((c) => c !== null));
  const strange = [...codes].filter((code) => institutionOf(code) === null).sort();
  const sites = barcodes.map((b) => (b?.source == null ? null : (institutionOf(b.source) ?? b.source)));
  const rows = sites.filter((s) => s !== null).length;
  const institutions = new Set(sites.filter((s) => s !== null)).size;
  const left =
    strange.length === 0
      ? ""
      : `; ${counted(strange.length, "code")} not in the list stay codes (${strange.slice(0, 8).join(", ")})`;
  const rest = barcodes.length - rows;
  return {
    sites,
    derived: [
      `site: the institution behind the tissue source code in the TCGA barcodes of ${counted(rows, "row")}, ${counted(codes.size, "code")} of ${counted(institutions, "institution")}${left}; ${why}`,
      ...(rest > 0 ? [`site: not known for ${counted(rest, "row")} without a TCGA barcode`] : []),
    ],
    isMapped: true,
  };
}

function areSourceCodes(cells: readonly string[], barcodes: readonly (Barcode | null)[]): boolean {
  const known = cells.flatMap((cell, i) => (isMissing(cell) || barcodes[i]?.source == null ? [] : [i]));
  const equal = known.filter((i) => cells[i]?.trim().toUpperCase() === barcodes[i]?.source);
  return known.length > 0 && equal.length >= 0.95 * known.length;
}

function addTo(groups: Map<string, Set<string>>, key: string, value: string): void {
  const set = groups.get(key);
  if (set === undefined) groups.set(key, new Set([value]));
  else set.add(value);
}
