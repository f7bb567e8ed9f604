import {
  beginDraft,
  dropDraft,
  listReports,
  listTemplates,
  type Person,
  printDraft,
  readDraft,
  reopenDraft,
  saveDraft,
  signDraft,
} from "@nacre/api";
import { readCaseRow } from "../case/case-rows.ts";
import { caseFor } from "../case/case-scope.ts";
import { predictionsOf } from "../case/read-case.ts";
import { slideRowOf, slidesOfCase } from "../case/slide-rows.ts";
import { dicomSeriesOf } from "../fhir/dicom-series.ts";
import { type FhirBundle, reportBundle } from "../fhir/report-bundle.ts";
import { type BytesReply, type Handled, handle } from "../serve/handle.ts";
import { notFound } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { startDraft } from "./begin-draft.ts";
import { reopen, saveValues, sign } from "./change-draft.ts";
import { loadDraft, signedReports } from "./draft-store.ts";
import { letGo } from "./drop-draft.ts";
import { type Printed, reportDocument } from "./report-document.ts";
import { REPORT_POLICY, reportHtml } from "./report-html.ts";
import { TEMPLATES } from "./template.data.ts";

type Parts = Pick<Services, "db" | "archive" | "trail" | "now">;

export const draftRoutes: readonly Handled[] = [
  handle(readDraft, async ({ params, who, services }) => {
    const { key } = await caseFor(services, who, params.case);
    return await loadDraft(services.db, key);
  }),
  handle(beginDraft, ({ params, body, who, services }) => startDraft(services, who, { key: params.case, asked: body })),
  handle(saveDraft, ({ params, body, who, services }) => saveValues(services, who, { key: params.case, asked: body })),
  handle(dropDraft, ({ params, query, who, services }) =>
    letGo(services, who, { key: params.case, version: query.version }),
  ),
  handle(signDraft, ({ params, body, who, services }) =>
    sign(services, who, { key: params.case, version: body.version }),
  ),
  handle(reopenDraft, ({ params, body, who, services }) => reopen(services, who, { key: params.case, why: body.why })),
  handle(listTemplates, async () => ({ rows: TEMPLATES.map(({ name, title }) => ({ name, title })) })),
  handle(listReports, async ({ params, who, services }) => {
    const { key } = await caseFor(services, who, params.case);
    const reports = await signedReports(services.db, key);
    return {
      rows: reports.map(({ number, report: { template, signedBy, signedAt, sha256 } }) => ({
        number,
        template,
        signedBy,
        signedAt,
        sha256: sha256 ?? "",
      })),
    };
  }),
  handle(printDraft, async ({ params, query, who, services }) => {
    const now = await toPrint(services, who, params.case);
    const printed = query.number === undefined ? now : await earlier(services, now, query.number);
    const { key, project } = printed.row;
    await services.trail.note(who, {
      action: "report.printed",
      project,
      subject: key,
      details: { format: params.format, version: printed.draft.version },
    });
    if (params.format === "fhir.json") {
      const dicom = await dicomSeriesOf(services, who, printed.slides);
      return asFhir(printed, reportBundle(printed, services.now(), dicom));
    }
    return await asBytes(printed, params.format, services.now());
  }),
];

/** What stands on paper, with the names that `who` may see. @throws ApiRefusal not-found */
async function toPrint(services: Parts, who: Person, key: string): Promise<Printed> {
  const { db, archive } = services;
  const record = await caseFor(services, who, key);
  const row = (await readCaseRow(db, who, record)) ?? notFound("a case");
  const slides = await slidesOfCase(db, key);
  return {
    row,
    draft: await loadDraft(db, key),
    predictions: await predictionsOf(
      services,
      key,
      slides.some(({ synthetic }) => synthetic),
    ),
    slides: slides.map((slide) => slideRowOf(slide, who)),
    project: archive.project(who, record.project).name,
    signedBefore: (await signedReports(db, key)).length,
  };
}

/** A signed text of before, in place of what stands now. @throws ApiRefusal not-found */
async function earlier({ db }: Pick<Parts, "db">, now: Printed, number: number): Promise<Printed> {
  const reports = await signedReports(db, now.row.key);
  const { report } = reports.find((one) => one.number === number) ?? notFound("a signed report");
  return { ...now, draft: report, signedBefore: number, isSuperseded: number < reports.length };
}

const fileName = ({ row, isSuperseded, signedBefore }: Printed): string =>
  `report-${row.key}${isSuperseded === true ? `-${signedBefore}` : ""}`;

function asFhir(printed: Printed, bundle: FhirBundle): BytesReply {
  return {
    type: "application/fhir+json; charset=utf-8",
    body: `${JSON.stringify(bundle, null, 2)}\n`,
    saveAs: `${fileName(printed)}.fhir.json`,
  };
}

async function asBytes(printed: Printed, format: "html" | "pdf", now: Date): Promise<BytesReply> {
  switch (format) {
    case "html":
      return {
        type: "text/html; charset=utf-8",
        body: reportHtml(reportDocument(printed)),
        headers: { "content-security-policy": REPORT_POLICY },
      };
    case "pdf": {
      // Loaded with the first: it would be a sixth of a second of every start.
      const { reportPdf } = await import("./report-pdf.ts");
      return {
        type: "application/pdf",
        body: await reportPdf(reportDocument(printed), now),
        saveAs: `${fileName(printed)}.pdf`,
      };
    }
  }
}
