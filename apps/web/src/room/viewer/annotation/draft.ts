/** A shape while it is drawn. Each tool is told of presses, moves and releases in level-0 pixels; nothing here knows of a screen. */
import type { Geometry } from "@nacre/api";
import { type Position, polygonOf, simplify } from "./shape.ts";

export type Tool = "point" | "line" | "polygon" | "freehand" | "box";

export interface Draft {
  readonly tool: Tool;
  readonly corners: readonly Position[];
  /** Where the pointer is: the end of what is not set yet. */
  readonly hover: Position | null;
  /** The button is down. */
  readonly isHeld: boolean;
}

export const newDraft = (tool: Tool): Draft => ({ tool, corners: [], hover: null, isHeld: false });

export interface Drawing {
  readonly draft: Draft;
  /** The shape, once it is whole: a new draft follows. */
  readonly made: Geometry | null;
}

const going = (draft: Draft): Drawing => ({ draft, made: null });
const whole = ({ tool }: Draft, made: Geometry | null): Drawing => ({ draft: newDraft(tool), made });

/** `reach`: how near, level-0 pixels, a press must come to a corner to mean that corner. */
export function press(draft: Draft, at: Position, reach: number): Drawing {
  const { tool, corners } = draft;
  const isNear = (corner: Position | undefined): boolean =>
    corner !== undefined && Math.hypot(at[0] - corner[0], at[1] - corner[1]) <= reach;
  switch (tool) {
    case "point":
      return whole(draft, { type: "Point", coordinates: at });
    case "polygon":
      if (corners.length >= 3 && (isNear(corners[0]) || isNear(corners.at(-1)))) return finish(draft);
      return going({ ...draft, corners: isNear(corners.at(-1)) ? corners : [...corners, at], hover: at });
    case "line":
    case "box":
      // The second of two presses; the first stays until the button is let go elsewhere.
      if (corners[0] !== undefined && !isNear(corners[0])) return finish({ ...draft, hover: at });
      return going({ ...draft, corners: [at], hover: at, isHeld: true });
    case "freehand":
      return going({ ...draft, corners: [at], hover: at, isHeld: true });
  }
}

export function move(draft: Draft, at: Position): Draft {
  if (draft.tool === "freehand" && draft.isHeld) return { ...draft, corners: [...draft.corners, at], hover: at };
  return { ...draft, hover: at };
}

/** The button is let go. A line or box that was dragged is whole; one that was clicked waits for its second press. */
export function release(draft: Draft, at: Position, reach: number): Drawing {
  if (!draft.isHeld) return going(draft);
  const first = draft.corners[0];
  const isDragged = first !== undefined && Math.hypot(at[0] - first[0], at[1] - first[1]) > reach;
  if (draft.tool === "freehand") return isDragged || draft.corners.length > 3 ? finish(draft) : whole(draft, null);
  if (isDragged) return finish({ ...draft, hover: at });
  return going({ ...draft, isHeld: false });
}

/** Ends the shape with what is there; too little makes none. `tolerance` thins a freehand line, level-0 pixels. */
export function finish(draft: Draft, tolerance = 0.5): Drawing {
  const { tool, corners, hover } = draft;
  const first = corners[0];
  switch (tool) {
    case "point":
      return whole(draft, null);
    case "line":
      if (first === undefined || hover === null) return whole(draft, null);
      return whole(draft, { type: "LineString", coordinates: [first, hover] });
    case "box":
      if (first === undefined || hover === null || first[0] === hover[0] || first[1] === hover[1])
        return whole(draft, null);
      return whole(draft, polygonOf([first, [hover[0], first[1]], hover, [first[0], hover[1]]]));
    case "polygon":
      return corners.length < 3 ? going(draft) : whole(draft, polygonOf(corners));
    case "freehand": {
      const thin = simplify(corners, tolerance);
      return whole(draft, thin.length < 3 ? null : polygonOf(thin));
    }
  }
}

/** What would stand if the shape ended here: for drawing it. */
export function outlineOf({ tool, corners, hover }: Draft): readonly Position[] {
  const first = corners[0];
  if (tool === "box" && first !== undefined && hover !== null)
    return [first, [hover[0], first[1]], hover, [first[0], hover[1]], first];
  return hover === null || tool === "freehand" ? corners : [...corners, hover];
}
