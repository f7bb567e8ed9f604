/** An address that leads nowhere: no such page, or a page of something that is not there. One piece says so everywhere, with the way back. */
import type { ReactNode } from "react";
import { isCallFailure } from "../client/call.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Failure, failureIn } from "../ui/failure.tsx";

/** What a page may be of, and where others of its kind are listed. */
const KINDS = {
  slide: { to: "/", back: "Go to the worklist" },
  case: { to: "/", back: "Go to the worklist" },
  run: { to: "/runs", back: "Go to the studies" },
  board: { to: "/runs", back: "Go to the studies" },
} as const;

export type PageKind = keyof typeof KINDS;

export function NotFound({ of }: { readonly of?: PageKind }): ReactNode {
  const { to, back } = KINDS[of ?? "slide"];
  return (
    <Empty title={`There is no such ${of ?? "page"}`} actions={<ButtonLink to={to}>{back}</ButtonLink>}>
      <p>
        The address may be old or mistyped
        {of === undefined ? "." : ", or it leads into a folder that is not open to you."}
      </p>
    </Empty>
  );
}

export interface NotReadProps {
  readonly of: PageKind;
  readonly error: unknown;
  readonly retry: () => void;
}

/** Stands in the place of a page whose thing could not be read: that there is none, or why it was not read. */
export function NotRead({ of, error, retry }: NotReadProps): ReactNode {
  if (isMissing(error)) return <NotFound of={of} />;
  return <Failure failure={failureIn(error)} title={`The ${of} cannot be shown`} retry={retry} />;
}

/** Nothing of that key, or no key at all. */
function isMissing(error: unknown): boolean {
  if (!isCallFailure(error)) return false;
  return error.status === 404 || (error.status === 400 && /^(path|query)\./.test(error.failure.expected));
}
