/** The other slides of a slide's case, in the case's order. */
import { readCase, type SlideFacts, type SlideRow } from "@nacre/api";
import { useCall } from "../client/use-call.ts";

export interface CaseSlides {
  /** Slides that can be shown, this one among them. */
  readonly rows: readonly SlideRow[];
  readonly before: string | null;
  readonly next: string | null;
  /** Name of the case; null where it is not known. */
  readonly name: string | null;
}

export function useCaseSlides({ key, case: of }: Pick<SlideFacts, "key" | "case">): CaseSlides {
  const page = useCall(readCase, of === null ? null : { params: { case: of } }, { freshMs: 60_000 });
  const rows = (page.data?.slideRows ?? []).filter((row) => row.state !== "failed" || row.key === key);
  const at = rows.findIndex((row) => row.key === key);
  return {
    rows,
    before: rows[at - 1]?.key ?? null,
    next: at < 0 ? null : (rows[at + 1]?.key ?? null),
    name: page.data?.name ?? null,
  };
}
