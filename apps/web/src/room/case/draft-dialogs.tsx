/** Taking a signed report up again, and letting go of what was begun by mistake. */
import { type ReactNode, useState } from "react";
import { Button, Dialog, TextArea } from "../ui/index.ts";
import type { DraftEdit } from "./use-draft.ts";

interface DraftDialogProps {
  readonly edit: DraftEdit;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function ReopenDialog({ edit, isOpen, onClose }: DraftDialogProps): ReactNode {
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

export function DropDialog({ edit, isOpen, onClose }: DraftDialogProps): ReactNode {
  const what = isAddendum(edit) ? "addendum" : "draft";
  const written = edit.draft?.fields.filter(({ origin }) => origin === "person").length ?? 0;
  return (
    <Dialog
      title={`Discard this ${what}?`}
      isOpen={isOpen}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            kind="danger"
            isBusy={edit.isBusy}
            onClick={() => {
              edit.drop();
              onClose();
            }}
          >
            Discard the {what}
          </Button>
        </>
      }
    >
      <p>
        {isAddendum(edit)
          ? "What you changed since the report was signed is lost. The signed text stands again as it was."
          : `${written === 0 ? "Nobody has written in it yet." : `What people wrote or confirmed in ${written} of its fields is lost.`} The case then has no report; another form can be chosen.`}
      </p>
    </Dialog>
  );
}

/** A draft that goes on from a signed text begins with its reason. */
export const isAddendum = ({ draft }: DraftEdit): boolean =>
  draft?.fields.some(({ name }) => name === "addendum-reason") ?? false;
