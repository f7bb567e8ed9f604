/** Patients named by a finding: what they are, in which parts, and where in which file. */
import type { PatientRecord, Place, SlideRecord } from "../audit/patient-record.ts";
import { html, imageSource, type Markup } from "./html.ts";
import { counted } from "./number-text.ts";
import type { Section } from "./section/section.ts";
import { scroll } from "./table.ts";

/** Links from names to records. */
export interface RecordLinks {
  /** The name as a link, or as text where the page has no record of it. */
  to(patient: string): Markup;
  /** The patient of a slide; null where the page has no record of it. */
  ownerOf(slide: string): string | null;
}

/** Rows of one file that are written out. */
const MOST_ROWS = 12;

export function recordLinks(patients: readonly PatientRecord[]): RecordLinks {
  const anchors = new Map(patients.map((p, i) => [p.patient, anchor(i)]));
  const owners = new Map(patients.flatMap((p) => p.slides.map((s) => [s.slide as string, p.patient] as const)));
  return {
    to(patient) {
      const id = anchors.get(patient);
      return id === undefined ? html`${patient}` : html`<a class="who" href="#${id}">${patient}</a>`;
    },
    ownerOf: (slide) => owners.get(slide) ?? null,
  };
}

function anchor(index: number): string {
  return `patient-${index + 1}`;
}

/** null where no finding names a patient. */
export function patientsSection(
  patients: readonly PatientRecord[],
  { left, pictures }: { readonly left: number; readonly pictures: ReadonlyMap<string, string> },
): Section | null {
  if (patients.length === 0) return null;
  const more =
    left > 0 &&
    html`<p class="note">${counted(left, "more patient")} named by cases above, not listed to keep the file small.</p>`;
  const records = patients.map(
    (p, i) =>
      html`<details><summary>${p.patient}</summary><div class="record" id="${anchor(i)}">${record(p, pictures)}</div></details>`,
  );
  return {
    id: "patients",
    title: "Patients named above",
    body: html`<p class="note">Rows are counted as a spreadsheet does: the header is row 1.</p>${records}${more}`,
  };
}

function record(p: PatientRecord, pictures: ReadonlyMap<string, string>): Markup {
  const sites = [...new Set(p.slides.map((s) => s.site ?? "unknown site"))];
  const labels = [...new Set(p.slides.map((s) => s.label ?? "no label"))];
  const named = p.places.length > 0 && html`<p>Named in ${placeText(p.places)}</p>`;
  const rows = p.slides.map(
    (s) =>
      html`<tr><th scope="row" class="word">${picture(pictures.get(s.slide), s.slide)}${s.slide}</th><td>${s.site ?? ""}</td><td>${s.label ?? ""}</td><td class="word">${partText(s.parts)}</td><td class="word">${placeText(s.places)}</td></tr>`,
  );
  return html`<h4>${p.patient}</h4><p class="muted">${counted(p.slides.length, "slide")}; ${sites.join(", ")}; ${labels.join(", ")}</p>${named}${scroll(
    `Slides of ${p.patient}`,
    html`<table><thead><tr><th scope="col">Slide</th><th scope="col">Site</th><th scope="col">Label</th><th scope="col">Parts</th><th scope="col">Rows</th></tr></thead><tbody>${rows}</tbody></table>`,
  )}`;
}

/** "train in fold 0, 2; test in fold 1". */
function partText(parts: SlideRecord["parts"]): string {
  if (parts.length === 0) return "in no part";
  return parts.map(({ part, folds }) => (folds === null ? part : `${part} in fold ${folds.join(", ")}`)).join("; ");
}

/** "cohort.csv row 2, 5; splits_0.csv row 7". */
function placeText(places: readonly Place[]): string {
  const files = new Map<string, number[]>();
  for (const { file, row } of places) files.set(file, [...(files.get(file) ?? []), row]);
  return [...files]
    .map(([file, rows]) => {
      const more = rows.length > MOST_ROWS ? ` and ${rows.length - MOST_ROWS} more` : "";
      return `${file.split(/[\\/]/).at(-1)} row ${rows.slice(0, MOST_ROWS).join(", ")}${more}`;
    })
    .join("; ");
}

/** A small picture of a slide, where there is one. */
export function picture(url: string | undefined, slide: string): Markup | null {
  return url === undefined ? null : html`<img class="small" src="${imageSource(url)}" alt="slide ${slide}">`;
}
