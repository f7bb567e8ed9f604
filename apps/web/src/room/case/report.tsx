/** The report of a case: begun, edited, signed. What a machine wrote is marked until a person has taken it as their own. */
import { type CasePage, printDraft } from "@nacre/api";
import { Fragment, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { addressOf } from "../client/call.ts";
import { writeMoment } from "../shell/moment.ts";
import { useMay } from "../shell/session.tsx";
import { Badge, Button, ButtonOut, Failure, failureIn, Notice, Skeleton, useKeys } from "../ui/index.ts";
import { BeginReport } from "./begin-report.tsx";
import { DropDialog, isAddendum, ReopenDialog } from "./draft-dialogs.tsx";
import { ReportField, writeValue } from "./report-field.tsx";
import { SignDialog } from "./sign-dialog.tsx";
import { SignedTexts } from "./signed-texts.tsx";
import { Stated } from "./stated.tsx";
import { countMachine, type DraftEdit, useDraft } from "./use-draft.ts";

export interface ReportProps {
  readonly facts: CasePage;
  /** The next case of the worklist. */
  readonly next: string | undefined;
}

/** Where writing goes on: what the machine filled in and nobody has read, else the first field, else the button that begins. */
const WORK = [".report-field.machine button", ".report-fields .input", "[type=submit]", "button"];

function goToWork(section: HTMLElement | null): void {
  const found = WORK.map((what) => section?.querySelector<HTMLElement>(what)).find((element) => element);
  found?.focus();
}

export function Report({ facts, next }: ReportProps): ReactNode {
  const edit = useDraft(facts.key);
  const mayEdit = useMay("reader");
  const section = useRef<HTMLElement>(null);
  const { draft, failure } = edit;
  useKeys("Report", [{ keys: ["r"], says: "write the report", do: () => goToWork(section.current) }]);
  const hasBegun = useRef(false);
  const begin = (template: string, run: string | null): void => {
    hasBegun.current = true;
    edit.begin(template, run);
  };
  useEffect(() => {
    // The button that began the report is gone: the focus goes on to its first field.
    if (draft?.state !== "draft" || !hasBegun.current) return;
    hasBegun.current = false;
    goToWork(section.current);
  }, [draft?.state]);
  return (
    <section className="card stack" aria-labelledby="report" ref={section}>
      <div className="row report-head">
        <h2 id="report">Report</h2>
        {draft === undefined ? null : <StateBadge edit={edit} />}
      </div>
      {draft?.state === "draft" && mayEdit ? null : <InTheWay edit={edit} />}
      {draft === undefined ? (
        failure === null ? (
          <Skeleton lines={5} label="Loading the report" />
        ) : null
      ) : draft.state === "empty" ? (
        <BeginReport facts={facts} isBusy={edit.isBusy} onBegin={begin} />
      ) : (
        <Begun edit={edit} facts={facts} next={next} mayEdit={mayEdit} />
      )}
      <SignedTexts caseKey={facts.key} />
    </section>
  );
}

/** What keeps the words from being saved. Where a draft is written it stands beside the buttons, which are always in view. */
function InTheWay({ edit }: { readonly edit: DraftEdit }): ReactNode {
  if (edit.isConflict) return <Conflict edit={edit} />;
  if (edit.failure === null) return null;
  const title = edit.draft === undefined ? "The report could not be read" : "Not done";
  return <Failure failure={failureIn(edit.failure)} title={title} />;
}

function StateBadge({ edit }: { readonly edit: DraftEdit }): ReactNode {
  const { draft } = edit;
  if (draft?.state === "signed") return <Badge tone="good">signed</Badge>;
  if (draft?.state === "draft") return <Badge tone="warn">{isAddendum(edit) ? "addendum, not signed" : "draft"}</Badge>;
  return <Badge>not begun</Badge>;
}

interface BegunProps extends ReportProps {
  readonly edit: DraftEdit;
  readonly mayEdit: boolean;
}

type Asked = "sign" | "reopen" | "drop";

function Begun({ edit, facts, next, mayEdit }: BegunProps): ReactNode {
  const { draft } = edit;
  const [asks, setAsks] = useState<Asked | null>(null);
  const isSigned = draft?.state === "signed";
  const ask = (what: Asked): void => {
    if (what === "sign") edit.save();
    setAsks(what);
  };
  useKeys("Report", [
    { keys: ["s"], says: "save the draft now (in a field Ctrl S)", do: () => edit.save() },
    { keys: ["S"], says: "sign (in a field Ctrl Enter)", do: () => mayEdit && !isSigned && ask("sign") },
  ]);
  if (draft === undefined) return null;
  const close = (): void => setAsks(null);
  return (
    <>
      {isSigned ? <SignedNotice draft={draft} /> : <MachineNotice draft={draft} />}
      {isSigned ? <Stated fields={draft.fields} /> : <Fields edit={edit} mayEdit={mayEdit} onAsk={ask} />}
      <div className="row">
        {(["html", "pdf", "fhir.json"] as const).map((format) => (
          <ButtonOut
            key={format}
            href={addressOf(printDraft, { params: { case: facts.key, format } })}
            target="_blank"
            rel="noreferrer"
          >
            {{ html: "Print (HTML)", pdf: "PDF", "fhir.json": "FHIR" }[format]}
          </ButtonOut>
        ))}
        {mayEdit ? (
          <Button onClick={() => ask(isSigned ? "reopen" : "drop")}>
            {isSigned ? "Addendum…" : isAddendum(edit) ? "Discard the addendum…" : "Discard the draft…"}
          </Button>
        ) : null}
      </div>
      <SignDialog edit={edit} facts={facts} next={next} isOpen={asks === "sign"} onClose={close} />
      <ReopenDialog edit={edit} isOpen={asks === "reopen"} onClose={close} />
      <DropDialog edit={edit} isOpen={asks === "drop"} onClose={close} />
    </>
  );
}

type Drafted = { readonly draft: NonNullable<DraftEdit["draft"]> };

function SignedNotice({ draft }: Drafted): ReactNode {
  return (
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
  );
}

function MachineNotice({ draft }: Drafted): ReactNode {
  const { of, unread } = countMachine(draft.fields);
  if (of === 0) return null;
  return (
    <Notice tone={unread > 0 ? "machine" : "good"} isLive>
      {unread > 0
        ? `${unread} of ${of} values that the machine filled in are not read yet. Confirm or rewrite each before signing.`
        : "Every value that the machine filled in was confirmed by a person."}
    </Notice>
  );
}

interface FieldsProps extends Pick<BegunProps, "edit" | "mayEdit"> {
  readonly onAsk: (what: Asked) => void;
}

function Fields({ edit, mayEdit, onAsk }: FieldsProps): ReactNode {
  const { draft } = edit;
  const hear = (event: KeyboardEvent): void => {
    const isCtrl = event.ctrlKey || event.metaKey;
    if (isCtrl && event.key === "Enter") onAsk("sign");
    else if (isCtrl && event.key === "s") edit.save();
    // Out of the field, so that the letters are keys of the page again.
    else if (event.key === "Escape" && event.target instanceof HTMLElement) event.target.blur();
    else return;
    event.preventDefault();
  };
  return (
    <form
      className="report-fields"
      onKeyDown={hear}
      onSubmit={(event) => {
        event.preventDefault();
        edit.save();
      }}
    >
      {draft?.fields.map((field) => (
        <ReportField key={field.name} field={field} edit={edit} isFixed={!mayEdit} />
      ))}
      {mayEdit ? (
        <div className="report-foot stack">
          <InTheWay edit={edit} />
          <div className="row">
            <Button type="submit" disabled={edit.typed.size === 0 || edit.isConflict} isBusy={edit.isBusy}>
              Save
            </Button>
            <Button kind="primary" onClick={() => onAsk("sign")}>
              Sign…
            </Button>
            <span className="small soft" role="status">
              {edit.typed.size > 0
                ? `${edit.typed.size} not saved`
                : draft?.updated == null
                  ? ""
                  : `saved ${writeMoment(draft.updated)}`}
            </span>
          </div>
        </div>
      ) : null}
    </form>
  );
}

function Conflict({ edit }: { readonly edit: DraftEdit }): ReactNode {
  const { draft, typed } = edit;
  if (draft?.state !== "draft")
    return (
      <Notice
        tone="warn"
        title={`The ${draft?.state === "signed" ? "report was signed" : "draft was discarded"} while you were writing`}
        isLive
      >
        <p>What you had typed and not saved:</p>
        <dl>
          {[...typed].map(([name, value]) => (
            <Fragment key={name}>
              <dt>{draft?.fields.find((field) => field.name === name)?.title ?? name}</dt>
              <dd>{writeValue(value)}</dd>
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
