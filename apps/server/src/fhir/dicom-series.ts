/** Which of a case's slides are DICOM, and of which study and series: what an archive knows them by. */
import type { Person } from "@nacre/api";
import { readResultSource } from "@nacre/imaging/node";
import { seesIdentifiers } from "../case/case-scope.ts";
import type { Services } from "../services.ts";
import { slideFile } from "../tile/slide-place.ts";

export interface DicomSeries {
  /** StudyInstanceUID. */
  readonly study: string;
  /** SeriesInstanceUID. */
  readonly series: string;
}

/** By key of the slide. Empty for whoever may not see identifiers: a UID leads an archive to the patient. Slides of other formats, or that cannot be read, are not in it. */
export async function dicomSeriesOf(
  services: Services,
  who: Person,
  slides: readonly { readonly key: string }[],
): Promise<ReadonlyMap<string, DicomSeries>> {
  const found = new Map<string, DicomSeries>();
  if (!seesIdentifiers(who)) return found;
  for (const { key } of slides) {
    const file = await slideFile(services, who, key).catch(() => null);
    const read = file === null ? null : await readResultSource(file);
    if (read?.ok) found.set(key, { study: read.value.study, series: read.value.series });
  }
  return found;
}
