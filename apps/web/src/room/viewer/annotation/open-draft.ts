/** The shape in hand, kept in this window while it is drawn: a page that is read again has it back, with its tool. */
import type { Draft, Tool } from "./draft.ts";
import type { Position } from "./shape.ts";

const nameOf = (slide: string): string => `nacre.draft.${slide}`;

/** Keeps what is set of a shape; one without a corner, or null, is forgotten. Where storage is forbidden nothing is kept. */
export function keepDraft(slide: string, draft: Draft | null): void {
  try {
    if (draft === null || draft.corners.length === 0) sessionStorage.removeItem(nameOf(slide));
    else sessionStorage.setItem(nameOf(slide), JSON.stringify([draft.tool, draft.corners]));
  } catch {
    // It holds until the page is left.
  }
}

/** What was kept, as after its last corner; null where nothing was. */
export function keptDraft(slide: string): Draft | null {
  try {
    const [tool, corners] = JSON.parse(sessionStorage.getItem(nameOf(slide)) ?? "null") as [Tool, readonly Position[]];
    return { tool, corners, hover: null, isHeld: false };
  } catch {
    return null;
  }
}
