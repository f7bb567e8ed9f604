/** The report of a case: begun, edited, signed. What a machine wrote is marked until a person has taken it as their own. */
import { type CasePage, printDraft } from "@nacre/api";
import { Fragment, type ReactNode, useState } from "react";
import { addressOf } from "../client/call.ts";
import { writeMoment } from "../shell/moment.ts";
import { useMay } from "../shell/session.tsx";
import { Badge, Button, ButtonOut, Failure, failureIn, Notice, Skeleton, useKeys } from "../ui/index.ts";
import { BeginReport } from "./begin-report.tsx";
import { ReportField, writeValue } from "./report-field.tsx";
import { ReopenDialog, SignDialog } from "./sign-dialog.tsx";
import { SignedTexts } from "./signed-texts.tsx";
import { countMachine, type DraftEdit, useDraft } from "./use-draft.ts";

export function Report({ facts }: { readonly facts: CasePage }): ReactNode {
  const edit = useDraft(facts.key);
  const mayEdit = useMay("reader");
  const { draft, failure } = edit;
  return (
    <section className="card stack" aria-labelledby="report">
      <div className="row report-head">
        <h2 id="report">Report</h2>
        {draft === undefined ? null : <StateBadge edit={edit} />}
      </div>
      {failure === null || edit.isConflict ? null : (
        <Failure
          failure={failureIn(failure)}
          title={draft === undefined ? "The report could not be read" : "Not done"}
        />
      )}
      {draft === undefined ? (
        failure === null ? (
          <Skeleton lines={5} label="Loading the report" />
        ) : null
      ) : draft.state === "empty" ? (
        <BeginReport facts={facts} edit={edit} />
      ) : (
        <Open edit={edit} name={facts.name} caseKey={facts.key} mayEdit={mayEdit} />
      )}
      <SignedTexts caseKey={facts.key} />
    </section>
  );
}

function StateBadge({ edit }: { readonly edit: DraftEdit }): ReactNode {
  const { draft } = edit;
  if (draft?.state === "signed") return <Badge tone="good">signed</Badge>;
  if (draft?.state === "draft") return <Badge tone="warn">draft, version {draft.version}</Badge>;
  return <Badge>not begun</Badge>;
}

interface OpenProps {
  readonly edit: DraftEdit;
  readonly name: string;
  readonly caseKey: string;
  readonly mayEdit: boolean;
}

function Open({ edit, name, caseKey, mayEdit }: OpenProps): ReactNode {
  const { draft } = edit;
  const [asks, setAsks] = useState<"sign" | "reopen" | null>(null);
  const isSigned = draft?.state === "signed";
  useKeys("Report", [
    { keys: ["s"], says: "save the draft", do: () => !edit.isConflict && edit.save() },
    { keys: ["S"], says: "sign", do: () => !isSigned && setAsks("sign") },
  ]);
  if (draft === undefined) return null;
  const machine = countMachine(draft.fields);
  return (
    <>
      {isSigned ? (
        <Notice tone="good" title={`Signed by ${draft.signedBy ?? "a person"}`}>
          <p className="small">
            {draft.signedAt === null ? "" : writeMoment(draft.signedAt)}
            {draft.sha256 === null ? null : (
              <>
                {" "}
                sha256 <code className="hash">{draft.sha256}</code>
              </>
            )}
          </p>
        </Notice>
      ) : machine.of > 0 ? (
        <Notice tone={machine.unread > 0 ? "machine" : "good"} isLive>
          {machine.unread} of {machine.of} machine values unread
          {machine.unread > 0 ? ". Confirm or rewrite each before signing." : ": each was confirmed or rewritten."}
        </Notice>
      ) : null}
      {edit.isConflict ? <Conflict edit={edit} /> : null}
      <form
        className="report-fields"
        onSubmit={(event) => {
          event.preventDefault();
          edit.save();
        }}
      >
        {draft.fields.map((field) => (
          <ReportField key={field.name} field={field} edit={edit} isFixed={isSigned || !mayEdit} />
        ))}
        {isSigned || !mayEdit ? null : (
          <div className="row report-foot">
            <Button
              type="submit"
              kind="primary"
              disabled={edit.typed.size === 0 || edit.isConflict}
              isBusy={edit.isBusy}
            >
              Save
            </Button>
            <Button onClick={() => setAsks("sign")}>Sign…</Button>
            <span className="small soft" role="status">
              {edit.typed.size > 0
                ? `${edit.typed.size} not saved`
                : draft.updated === null
                  ? ""
                  : `saved ${writeMoment(draft.updated)}`}
            </span>
          </div>
        )}
      </form>
      <div className="row">
        {(["html", "pdf", "fhir.json"] as const).map((format) => (
          <ButtonOut
            key={format}
            href={addressOf(printDraft, { params: { case: caseKey, format } })}
            target="_blank"
            rel="noreferrer"
          >
            {{ html: "Print (HTML)", pdf: "PDF", "fhir.json": "FHIR" }[format]}
          </ButtonOut>
        ))}
        {isSigned && mayEdit ? <Button onClick={() => setAsks("reopen")}>Addendum…</Button> : null}
      </div>
      <SignDialog edit={edit} name={name} isOpen={asks === "sign"} onClose={() => setAsks(null)} />
      <ReopenDialog edit={edit} isOpen={asks === "reopen"} onClose={() => setAsks(null)} />
    </>
  );
}

function Conflict({ edit }: { readonly edit: DraftEdit }): ReactNode {
  const { draft, typed } = edit;
  if (draft?.state === "signed")
    return (
      <Notice tone="warn" title="The report was signed while you were writing" isLive>
        <p>What you had typed and not saved, to take up in an addendum:</p>
        <dl>
          {draft.fields
            .filter((field) => typed.has(field.name))
            .map((field) => (
              <Fragment key={field.name}>
                <dt>{field.title}</dt>
                <dd>{writeValue(edit.valueOf(field))}</dd>
              </Fragment>
            ))}
        </dl>
        <p className="row">
          <Button onClick={edit.forget}>Let go of it</Button>
        </p>
      </Notice>
    );
  return (
    <Notice tone="warn" title="Somebody else has saved this draft since you read it" isLive>
      <p>
        Their text is loaded. What you have typed stands over it ({typed.size} {typed.size === 1 ? "value" : "values"}),
        with theirs below. Nothing is lost until you choose.
      </p>
      <p className="row">
        <Button kind="primary" isBusy={edit.isBusy} onClick={edit.saveOver}>
          Save mine over theirs
        </Button>
        <Button onClick={edit.forget}>Keep theirs</Button>
      </p>
    </Notice>
  );
}
