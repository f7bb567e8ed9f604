/** Every text of the case that was signed: what an addendum changed can be read beside it, and printed. */
import { listReports, printDraft } from "@nacre/api";
import type { ReactNode } from "react";
import { addressOf } from "../client/call.ts";
import { useCall } from "../client/use-call.ts";
import { writeMoment } from "../shell/moment.ts";

export function SignedTexts({ caseKey }: { readonly caseKey: string }): ReactNode {
  const reports = useCall(listReports, { params: { case: caseKey } });
  const rows = reports.data?.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="signed-texts">
      <h3 id="signed-texts">Signed texts</h3>
      <ol className="events">
        {rows.map(({ number, signedBy, signedAt }) => (
          <li key={number}>
            <span className="soft">{signedAt === null ? "no date" : writeMoment(signedAt)}</span>
            <span>
              {number === 1 ? "Report" : `Addendum ${number - 1}`} by {signedBy ?? "a person"}
            </span>
            <span className="row">
              {(["html", "pdf"] as const).map((format) => (
                <a
                  key={format}
                  href={addressOf(printDraft, { params: { case: caseKey, format }, query: { number } })}
                  target="_blank"
                  rel="noreferrer"
                  aria-label={`${{ html: "Print", pdf: "PDF" }[format]} of ${number === 1 ? "the report" : `addendum ${number - 1}`}`}
                >
                  {{ html: "Print", pdf: "PDF" }[format]}
                </a>
              ))}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
