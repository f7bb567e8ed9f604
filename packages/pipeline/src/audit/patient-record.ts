/** Everything an audit can say of one patient: each slide, the parts that hold it, and the rows of the files that name it. */
import { type CohortRow, groupBy, type SlideId, type Split, slideIdOf } from "@nacre/core";
import type { Finding } from "@nacre/evaluation";
import { rowNumber, type Table } from "../study/parse-table.ts";

export interface Place {
  readonly file: string;
  /** As a spreadsheet counts: the header is row 1. */
  readonly row: number;
}

export interface SlideRecord {
  readonly slide: SlideId;
  readonly site: string | null;
  readonly label: string | null;
  /** Folds by part; null where the part is external. */
  readonly parts: readonly { readonly part: string; readonly folds: readonly number[] | null }[];
  readonly places: readonly Place[];
}

export interface PatientRecord {
  readonly patient: string;
  readonly slides: readonly SlideRecord[];
  /** Rows that name the patient and no slide. */
  readonly places: readonly Place[];
}

export interface RecordSource {
  readonly rows: readonly CohortRow[];
  readonly split: Split | null;
  readonly tables: readonly Table[];
}

/** Rows of the files that are listed for one name. */
const MOST_PLACES = 40;

/** The patients that the examples of findings name, in that order, each once; by slide where an example names only slides. */
export function patientsNamed(findings: readonly Finding[], rows: readonly CohortRow[]): string[] {
  const slides = new Set(findings.flatMap((f) => f.examples.flatMap((e) => e.slides)));
  const patientOf = new Map(
    rows.filter((r) => slides.has(r.slide)).map((r) => [r.slide as string, r.patient as string]),
  );
  const named = new Set<string>();
  for (const { examples } of findings) {
    for (const { patient, slides: shown } of examples) {
      if (patient !== null) named.add(patient);
      for (const slide of shown) {
        const owner = patientOf.get(slide);
        if (owner !== undefined) named.add(owner);
      }
    }
  }
  return [...named];
}

/** The records of these patients. One pass over the tables, however many patients. */
export function patientRecords(patients: readonly string[], { rows, split, tables }: RecordSource): PatientRecord[] {
  const wanted = new Set(patients);
  const own = groupBy(
    rows.filter((r) => wanted.has(r.patient)),
    (r) => r.patient as string,
  );
  const slides = new Set([...own.values()].flat().map((r) => r.slide));
  const parts = partsOf(split, slides);
  const places = placesOf(tables, [...own.values()].flat());
  return patients.flatMap((patient) => {
    const mine = own.get(patient);
    if (mine === undefined) return [];
    const records = [...new Map(mine.map((r) => [r.slide, r])).values()].map(
      (r): SlideRecord => ({
        slide: r.slide,
        site: r.site,
        label: r.label,
        parts: parts.get(r.slide) ?? [],
        places: places.bySlide.get(r.slide) ?? [],
      }),
    );
    const told = new Set(records.flatMap((r) => r.places.map(placeKey)));
    const others = (places.byPatient.get(patient) ?? []).filter((p) => !told.has(placeKey(p)));
    return [{ patient, slides: records, places: others }];
  });
}

function placeKey({ file, row }: Place): string {
  return `${row} ${file}`;
}

function partsOf(split: Split | null, slides: ReadonlySet<SlideId>): Map<SlideId, SlideRecord["parts"]> {
  const found = new Map<SlideId, Map<string, number[] | null>>();
  const put = (slide: SlideId, part: string, fold: number | null): void => {
    if (!slides.has(slide)) return;
    const parts = found.get(slide) ?? new Map<string, number[] | null>();
    found.set(slide, parts);
    if (fold === null) parts.set(part, null);
    else parts.set(part, [...(parts.get(part) ?? []), fold]);
  };
  for (const { fold, ...parts } of split?.folds ?? []) {
    for (const [part, held] of Object.entries(parts)) for (const slide of held) put(slide, part, fold);
  }
  for (const slide of split?.external ?? []) put(slide, "external", null);
  return new Map([...found].map(([slide, parts]) => [slide, [...parts].map(([part, folds]) => ({ part, folds }))]));
}

interface Places {
  readonly bySlide: ReadonlyMap<string, readonly Place[]>;
  readonly byPatient: ReadonlyMap<string, readonly Place[]>;
}

/** The rows in which a cell is the id, the path or the file name of a slide, or the name of the patient. */
function placesOf(tables: readonly Table[], rows: readonly CohortRow[]): Places {
  const slideOf = new Map<string, string>();
  for (const r of rows) for (const name of [r.slide, r.path, bareName(r.path)]) slideOf.set(slideIdOf(name), r.slide);
  const patients = new Set(rows.flatMap((r) => [r.patient as string, r.case as string]));
  const patientOf = new Map(
    rows.flatMap((r) => [
      [r.case as string, r.patient as string],
      [r.patient, r.patient],
    ]),
  );
  const bySlide = new Map<string, Place[]>();
  const byPatient = new Map<string, Place[]>();
  const add = (to: Map<string, Place[]>, key: string, place: Place): void => {
    const known = to.get(key) ?? [];
    to.set(key, known);
    const last = known.at(-1);
    if (known.length < MOST_PLACES && (last?.row !== place.row || last.file !== place.file)) known.push(place);
  };
  for (const table of tables) {
    for (const [i, cells] of table.rows.entries()) {
      for (const cell of cells.flatMap((c) => (c.includes(";") ? c.split(";") : [c]))) {
        const text = cell.trim();
        if (text === "") continue;
        const slide = slideOf.get(slideIdOf(text)) ?? slideOf.get(bareName(text));
        const place = { file: table.file, row: rowNumber(table, i) };
        if (slide !== undefined) add(bySlide, slide, place);
        if (patients.has(text)) add(byPatient, patientOf.get(text) ?? text, place);
      }
    }
  }
  return { bySlide, byPatient };
}

function bareName(path: string): string {
  return slideIdOf(path.split(/[/\\]/).at(-1) ?? "");
}
