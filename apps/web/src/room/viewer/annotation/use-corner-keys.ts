/**
 * Corners of a finished shape by keys: one is taken hold of, the view goes there, and it stays in the middle of the view while the arrows
 * move the slide below it. What was moved is kept when it is put down; let go, it lies where it was.
 */
import { useEffect, useEffectEvent, useState } from "react";
import type { Stage } from "../stage/stage.ts";
import type { Drawn } from "./history.ts";
import { type CornerAt, cornersOf, moveCorner, positionOf } from "./shape.ts";
import type { DrawingParts } from "./use-drawing.ts";

export interface CornerKeys {
  /** The shape as it lies now; null: no corner is held. */
  readonly moving: Drawn | null;
  /** Said of the corner that is held: its number, and how many there are. */
  readonly says: string | null;
  /** Puts down what is held and takes the next corner of the selected shape. */
  readonly next: (by: 1 | -1) => void;
  /** @returns whether a corner was held */
  readonly putDown: () => boolean;
  /** The same, and the shape is as it was. */
  readonly letGo: () => boolean;
}

interface Hold {
  readonly at: number;
  readonly drawn: Drawn;
  /** Whether somebody moved the view since: one that comes to rest at the corner, or changes its size, moves nothing. */
  readonly isLed: boolean;
  readonly hasMoved: boolean;
}

/** Movements of the middle that are none, screen pixels. */
const STILL = 0.5;

type Parts = Pick<DrawingParts, "rows" | "selected" | "mayDraw" | "onChanged">;

export function useCornerKeys(stage: Stage | null, { rows, selected, mayDraw, onChanged }: Parts): CornerKeys {
  const [hold, setHold] = useState<Hold | null>(null);
  const held = hold !== null && hold.drawn.id === selected ? hold : null;
  const follow = useEffectEvent(() => {
    const corner = held === null ? undefined : cornersOf(held.drawn.geometry)[held.at];
    if (stage === null || !held?.isLed || corner === undefined) return;
    const { x, y, scale } = stage.camera();
    const [cx, cy] = positionOf(held.drawn.geometry, corner);
    if (Math.hypot(x - cx, y - cy) * scale < STILL) return;
    const geometry = moveCorner(held.drawn.geometry, corner, [x, y]);
    setHold({ ...held, drawn: { ...held.drawn, geometry }, hasMoved: true });
  });
  const isHeld = held !== null;
  useEffect(() => {
    if (!isHeld || stage === null) return;
    const ends = [
      stage.on("grip", () => setHold((now) => now && { ...now, isLed: true })),
      stage.on("camera", () => follow()),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [stage, isHeld]);
  const putDown = (): boolean => {
    if (held?.hasMoved) onChanged(held.drawn);
    setHold(null);
    return held !== null;
  };
  return {
    moving: held?.drawn ?? null,
    says: held === null ? null : `Corner ${held.at + 1} of ${cornersOf(held.drawn.geometry).length}: arrows move it`,
    next(by) {
      const drawn = held?.drawn ?? rows.find(({ id }) => id === selected);
      if (stage === null || drawn === undefined || !mayDraw) return;
      putDown();
      const corners = cornersOf(drawn.geometry);
      const at = ((held?.at ?? (by === 1 ? -1 : 0)) + by + corners.length) % corners.length;
      const [x, y] = positionOf(drawn.geometry, corners[at] as CornerAt); // a shape has corners
      stage.grip();
      stage.move({ x, y }, true);
      setHold({ at, drawn, isLed: false, hasMoved: false });
    },
    putDown,
    letGo() {
      setHold(null);
      return isHeld;
    },
  };
}
