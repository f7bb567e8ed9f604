/** Signing: whose report it is, what it says, and what stands in the way. Once signed, the way to the next case. */
import type { CasePage } from "@nacre/api";
import { type ReactNode, useState } from "react";
import { casePath } from "../address.ts";
import { useSession } from "../shell/session.tsx";
import { Button, ButtonLink, CheckField, Dialog, Failure, failureIn, Notice } from "../ui/index.ts";
import { describe } from "./case-head.tsx";
import { Stated } from "./stated.tsx";
import type { DraftEdit } from "./use-draft.ts";

export interface SignDialogProps {
  readonly edit: DraftEdit;
  readonly facts: CasePage;
  /** The next case of the worklist. */
  readonly next: string | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function SignDialog({ edit, facts, next, isOpen, onClose }: SignDialogProps): ReactNode {
  const { person, notice } = useSession();
  const { draft } = edit;
  const [hasRead, setRead] = useState(false);
  const isSigned = draft?.state === "signed";
  const fields = draft?.fields ?? [];
  const unread = fields.filter(({ origin }) => origin === "machine");
  const missing = fields.filter(({ isNeeded, value }) => isNeeded && value === null);
  const stands = unread.length + missing.length + edit.typed.size > 0;
  const titles = (of: typeof fields): string => of.map(({ title }) => title).join(", ");
  const close = (): void => {
    setRead(false);
    onClose();
  };
  if (isSigned)
    return (
      <Dialog
        title={`The report on ${facts.name} is signed`}
        isOpen={isOpen}
        onClose={close}
        foot={
          <span className="row" ref={focusLast}>
            <Button onClick={close}>Close</Button>
            {next === undefined ? null : (
              <ButtonLink kind="primary" to={casePath(next)}>
                Next case
              </ButtonLink>
            )}
          </span>
        }
      >
        <p>Signed by {draft.signedBy ?? "a person"}. An addendum can change what it says; this text stays on record.</p>
      </Dialog>
    );
  return (
    <Dialog
      title={`Sign the report on ${facts.name}`}
      isOpen={isOpen}
      onClose={close}
      foot={
        <>
          <Button onClick={close}>Not now</Button>
          <Button kind="primary" disabled={!hasRead || stands} isBusy={edit.isBusy} onClick={edit.sign}>
            Sign as {person.name}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>
          <strong>{facts.name}</strong>, {describe(facts)}
        </p>
        {unread.length > 0 ? (
          <Notice tone="machine" title="Filled in by the machine, not yet read">
            Confirm or rewrite: {titles(unread)}.
          </Notice>
        ) : null}
        {missing.length > 0 ? <Notice tone="warn">Needed, and still empty: {titles(missing)}.</Notice> : null}
        {edit.typed.size > 0 ? <Notice tone="warn">Not saved yet: {edit.typed.size}.</Notice> : null}
        {facts.failedSlides > 0 ? (
          <Notice tone="warn">
            {facts.failedSlides} of {facts.slides} slides could not be read.
          </Notice>
        ) : null}
        {facts.assignee !== null && facts.assignee !== person.name ? (
          <Notice tone="warn">
            This case is assigned to {facts.assignee}. You sign as {person.name}.
          </Notice>
        ) : null}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys */}
        <section className="sign-facts" aria-label="What is signed" tabIndex={0}>
          <Stated fields={fields} />
        </section>
        <CheckField
          title="I have read the report and it says what I found."
          checked={hasRead}
          disabled={stands}
          onChange={(event) => setRead(event.target.checked)}
        />
        {edit.failure === null ? null : <Failure failure={failureIn(edit.failure)} title="Not signed" />}
        <p className="small soft">{notice}</p>
      </div>
    </Dialog>
  );
}

/** The button that had the focus is gone: it goes to what comes next. */
function focusLast(foot: HTMLElement | null): void {
  const ways = foot?.querySelectorAll<HTMLElement>("a, button");
  ways?.item(ways.length - 1).focus();
}
