/** DICOMweb over the interface: only archives that the configuration names are ever spoken to; no address comes from a caller. */
import { dicomSources, importDicom, type Person, queryDicom, sendDicom } from "@nacre/api";
import { FailureError } from "@nacre/core";
import { bringTable } from "../archive/import-cases.ts";
import { withoutPaths } from "../archive/read-run.ts";
import { seesIdentifiers } from "../case/case-scope.ts";
import { type Handled, handle } from "../serve/handle.ts";
import { notFound, refuse } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { ARCHIVE_LIMITS, type ArchiveCall } from "./dicom-request.ts";
import { importSeries, type SeriesAddress } from "./import-series.ts";
import { querySeries } from "./query-series.ts";
import { sendResults } from "./send-results.ts";

export const dicomRoutes: readonly Handled[] = [
  handle(dicomSources, async ({ services }) => ({
    rows: services.config.dicomweb.map(({ name, url }) => ({ name, url: withoutSecrets(url) })),
  })),
  handle(queryDicom, async ({ who, params, query, services, signal }) => {
    const isNamed = seesIdentifiers(who);
    const call = callOf(services, params.source, signal);
    // whether somebody of that number is there is what an identifier says
    const isFiltered = query.patient !== undefined || query.accession !== undefined;
    if (!isNamed && isFiltered) {
      return refuse("forbidden", {
        expected: "the right to identifiers, to look for a patient or an accession number",
        received: "a caller without it",
        remedy: "ask an admin for the right, or list without a filter",
      });
    }
    const rows = [...(await querySeries(call, query, isNamed))];
    await services.trail.note(who, {
      action: "dicom.queried",
      details: { source: params.source, rows: rows.length, isFiltered },
    });
    return { rows };
  }),
  handle(importDicom, ({ who, params, body, services, signal }) =>
    takeSeries(services, who, callOf(services, params.source, signal), body),
  ),
  handle(sendDicom, async ({ who, params, body, services, signal }) => ({
    sent: await sendResults(services, who, callOf(services, params.source, signal), body),
  })),
];

/** @throws ApiRefusal not-found where the configuration names no such archive */
function callOf({ config }: Services, name: string, signal: AbortSignal): ArchiveCall {
  const source = config.dicomweb.find((each) => each.name === name) ?? notFound("an archive of the configuration");
  return { source, limits: ARCHIVE_LIMITS, signal };
}

/** An address may hold a name and password. */
function withoutSecrets(address: string): string {
  const url = new URL(address);
  url.username = "";
  url.password = "";
  url.search = "";
  return url.href;
}

interface Taken {
  readonly slide: string | null;
  readonly failure: FailureError["failure"] | null;
}

async function takeSeries(
  services: Services,
  who: Person,
  call: ArchiveCall,
  { project: key, ...address }: SeriesAddress & { readonly project: string },
): Promise<Taken> {
  const project = services.archive.project(who, key);
  try {
    const [known] = await querySeries(call, { offset: 0, limit: 1, series: address.series }, true);
    const { folder, instances, bytes, wasThere } = await importSeries(call, project, address);
    const details = { source: call.source.name, instances, bytes, wasThere };
    const patient = known?.series === address.series ? known.patient : null;
    if (wasThere || patient === null) await services.archive.scan(key);
    // Whose it is, and which case, as the archive says: a row like one of a table that somebody brings.
    else
      await bringTable(
        services,
        project,
        `slide,patient,case\n${[folder, patient, known?.accession ?? ""].map(quoted).join()}\n`,
      );
    const slide = await slideIn(services, key, folder);
    await services.trail.note(who, {
      action: "dicom.imported",
      project: key,
      ...(slide === null ? {} : { subject: slide }),
      details,
    });
    return { slide, failure: null };
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    services.log.warn({ source: call.source.name, kind: error.failure.kind }, "a series was not imported");
    return { slide: null, failure: withoutPaths(error.failure, project.folder) };
  }
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/** The slide of a folder: the folder itself, or the one file in it. */
async function slideIn({ db }: Services, project: string, folder: string): Promise<string | null> {
  const row = await db
    .selectFrom("slide")
    .select("key")
    .where("project", "=", project)
    .where((at) => at.or([at("path", "=", folder), at("path", "like", `${folder}/%`)]))
    .orderBy("path")
    .executeTakeFirst();
  return row?.key ?? null;
}
