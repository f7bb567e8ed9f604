/** Signing, and taking a signed report up again. */
import { type ReactNode, useState } from "react";
import { useSession } from "../shell/session.tsx";
import { Button, CheckField, Dialog, Failure, failureIn, Notice, TextArea } from "../ui/index.ts";
import { writeValue } from "./report-field.tsx";
import { countMachine, type DraftEdit } from "./use-draft.ts";

interface SignDialogProps {
  readonly edit: DraftEdit;
  readonly name: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function SignDialog({ edit, name, isOpen, onClose }: SignDialogProps): ReactNode {
  const { person, notice } = useSession();
  const { draft } = edit;
  const [hasRead, setRead] = useState(false);
  const unread = draft === undefined ? 0 : countMachine(draft.fields).unread;
  const isSigned = draft?.state === "signed";
  const stands = unread > 0 || edit.typed.size > 0;
  const close = (): void => {
    setRead(false);
    onClose();
  };
  return (
    <Dialog
      title={isSigned ? `The report on ${name} is signed` : `Sign the report on ${name}`}
      isOpen={isOpen}
      onClose={close}
      foot={
        isSigned ? (
          <Button kind="primary" onClick={close}>
            Close
          </Button>
        ) : (
          <>
            <Button onClick={close}>Not now</Button>
            <Button kind="primary" disabled={!hasRead || stands} isBusy={edit.isBusy} onClick={edit.sign}>
              Sign as {person.name}
            </Button>
          </>
        )
      }
    >
      <div className="stack">
        {unread > 0 ? (
          <Notice tone="machine" title={`${unread} machine ${unread === 1 ? "value is" : "values are"} unread`}>
            Confirm or rewrite:{" "}
            {draft?.fields
              .filter((f) => f.origin === "machine")
              .map((f) => f.title)
              .join(", ")}
            .
          </Notice>
        ) : null}
        {edit.typed.size > 0 ? <Notice tone="warn">Save first: {edit.typed.size} not saved.</Notice> : null}
        <dl className="facts sign-facts">
          {draft?.fields.map((field) => (
            <div key={field.name}>
              <dt>{field.title}</dt>
              <dd>
                {writeValue(field.value)}
                {field.unit === null || field.value === null ? "" : ` ${field.unit}`}
              </dd>
            </div>
          ))}
        </dl>
        {isSigned ? null : (
          <CheckField
            title="I have read the report and it says what I found."
            checked={hasRead}
            disabled={stands}
            onChange={(event) => setRead(event.target.checked)}
          />
        )}
        {edit.failure === null ? null : <Failure failure={failureIn(edit.failure)} title="Not signed" />}
        <p className="small soft">{notice}</p>
      </div>
    </Dialog>
  );
}

export function ReopenDialog({ edit, isOpen, onClose }: Omit<SignDialogProps, "name">): ReactNode {
  const [why, setWhy] = useState("");
  return (
    <Dialog
      title="Write an addendum"
      isOpen={isOpen}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            kind="primary"
            disabled={why.trim().length < 3}
            isBusy={edit.isBusy}
            onClick={() => {
              edit.reopen(why.trim());
              onClose();
            }}
          >
            Begin the addendum
          </Button>
        </>
      }
    >
      <TextArea
        title="Reason"
        hint="The signed report stays on record as it is; a new draft begins from it."
        value={why}
        maxLength={1000}
        onChange={(event) => setWhy(event.target.value)}
      />
    </Dialog>
  );
}
