/** Slides of an archive: QIDO-RS for series of modality SM (PS3.18, 10.6), one page at a time. */
import type { queryDicom, RouteReply } from "@nacre/api";
import { askObjects, type DicomObject, isUid, textIn } from "./dicom-json.ts";
import type { ArchiveCall } from "./dicom-request.ts";

export interface SeriesQuery {
  readonly offset: number;
  readonly limit: number;
  readonly patient?: string | undefined;
  readonly accession?: string | undefined;
  /** This one alone. */
  readonly series?: string | undefined;
}

type SeriesRow = RouteReply<typeof queryDicom>["rows"][number];

/** Asked for beyond what every archive tells of a series. */
const FIELDS = ["00080020", "00080050", "0008103E", "00081030", "00100020", "00201209"];

/** @param isNamed whether the caller may see patient, accession number, day and description */
export async function querySeries(
  call: ArchiveCall,
  query: SeriesQuery,
  isNamed: boolean,
): Promise<readonly SeriesRow[]> {
  const asked = new URLSearchParams({ Modality: "SM", offset: String(query.offset), limit: String(query.limit) });
  if (query.patient !== undefined) asked.set("PatientID", query.patient);
  if (query.accession !== undefined) asked.set("AccessionNumber", query.accession);
  if (query.series !== undefined) asked.set("SeriesInstanceUID", query.series);
  for (const field of FIELDS) asked.append("includefield", field);
  const objects = await askObjects(call, `series?${asked}`);
  // an archive that does not know `limit` sends all
  return objects.slice(0, query.limit).flatMap((object) => rowOf(object, isNamed) ?? []);
}

/** null for what is no series of slides. */
function rowOf(object: DicomObject, isNamed: boolean): SeriesRow | null {
  const [study, series] = [textIn(object, "0020000D"), textIn(object, "0020000E")];
  if (!isUid(study) || !isUid(series) || (textIn(object, "00080060") ?? "SM") !== "SM") return null;
  const instances = Number(textIn(object, "00201209") ?? Number.NaN);
  const day = /^(\d{4})(\d\d)(\d\d)$/.exec(textIn(object, "00080020") ?? "");
  const date = day === null ? null : `${day[1]}-${day[2]}-${day[3]}`;
  return {
    study,
    series,
    patient: isNamed ? textIn(object, "00100020") : null,
    accession: isNamed ? textIn(object, "00080050") : null,
    date: isNamed ? date : (day?.[1] ?? null),
    description: isNamed ? (textIn(object, "0008103E") ?? textIn(object, "00081030")) : null,
    instances: Number.isInteger(instances) && instances >= 0 ? instances : null,
  };
}
