/**
 * Drawing with the pointer and with keys. With a tool in hand the pointer draws and the wheel still zooms; without one a click selects and
 * a selected shape's corners can be dragged. By keys: Space sets a corner in the middle of the view, Enter ends the shape.
 */
import type { Geometry } from "@nacre/api";
import type { Point } from "@nacre/core";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { toSlide } from "../stage/camera.ts";
import type { Stage } from "../stage/stage.ts";
import { type Draft, type Drawing, finish, move, newDraft, press, release, type Tool } from "./draft.ts";
import type { Drawn } from "./history.ts";
import { keepDraft, keptDraft } from "./open-draft.ts";
import { type CornerAt, cornerAt, isHit, moveCorner, type Position } from "./shape.ts";

/** How near a pointer must come, screen pixels. */
const REACH = 8;
/** Departure of a freehand line that is thinned away, screen pixels. */
const FREEHAND = 0.8;

export interface DrawingParts {
  readonly slide: string;
  readonly rows: readonly Drawn[];
  readonly selected: string | null;
  readonly mayDraw: boolean;
  readonly onSelect: (id: string | null) => void;
  readonly onMade: (geometry: Geometry) => void;
  readonly onChanged: (drawn: Drawn) => void;
}

export interface DrawingTool {
  readonly tool: Tool | null;
  readonly draft: Draft | null;
  readonly moving: Drawn | null;
  readonly take: (tool: Tool | null) => void;
  /** Sets a corner in the middle of the view. */
  readonly setCorner: () => void;
  readonly end: () => void;
}

export function useDrawing(stage: Stage | null, parts: DrawingParts): DrawingTool {
  const [draft, setDraft] = useState<Draft | null>(() => (parts.mayDraw ? keptDraft(parts.slide) : null));
  const [moving, setMoving] = useState<Drawn | null>(null);
  const held = useRef<{ readonly corner: CornerAt; readonly drawn: Drawn } | null>(null);
  const now = useRef<Draft | null>(draft);
  const keep = (next: Draft | null): void => {
    // Not with each movement of the pointer, nor each point of an outline drawn by hand.
    const isSet = next?.corners !== now.current?.corners || next?.isHeld !== now.current?.isHeld;
    if (isSet && next?.isHeld !== true) keepDraft(parts.slide, next);
    now.current = next;
    setDraft(next);
  };
  const settle = ({ draft: next, made }: Drawing): void => {
    keep(next);
    if (made !== null) parts.onMade(made);
  };
  const reach = (): number => REACH / (stage?.camera().scale ?? 1);
  const down = (at: Position): boolean => {
    if (now.current !== null) {
      settle(press(now.current, at, reach()));
      return true;
    }
    const chosen = parts.mayDraw ? parts.rows.find(({ id }) => id === parts.selected) : undefined;
    const corner = chosen === undefined ? null : cornerAt(chosen.geometry, pointOf(at), reach());
    if (chosen === undefined || corner === null) return false;
    held.current = { corner, drawn: chosen };
    setMoving(chosen);
    return true;
  };
  const over = (at: Position): void => {
    if (now.current !== null) keep(move(now.current, at));
    if (held.current === null) return;
    const { corner, drawn } = held.current;
    held.current = { corner, drawn: { ...drawn, geometry: moveCorner(drawn.geometry, corner, at) } };
    setMoving(held.current.drawn);
  };
  const up = (at: Position): void => {
    if (now.current !== null) {
      const draft = now.current;
      const tolerance = FREEHAND / (stage?.camera().scale ?? 1);
      settle(draft.tool === "freehand" && draft.isHeld ? finish(draft, tolerance) : release(draft, at, reach()));
    }
    if (held.current === null) return;
    const { drawn } = held.current;
    held.current = null;
    setMoving(null);
    parts.onChanged(drawn);
  };
  usePointer(stage, { down, over, up });
  const clicked = useEffectEvent((at: Point) => {
    if (now.current !== null) return;
    const found = parts.rows.findLast((row) => isHit(row.geometry, at, reach()));
    parts.onSelect(found?.id ?? null);
  });
  useEffect(() => stage?.on("click", (at) => clicked(at)), [stage]);
  return {
    tool: draft?.tool ?? null,
    draft,
    moving,
    take: (tool) => keep(tool === null || !parts.mayDraw ? null : newDraft(tool)),
    setCorner() {
      if (stage === null || now.current === null) return;
      const { x, y } = stage.camera();
      const at: Position = [x, y];
      const pressed = press(now.current, at, reach());
      settle(pressed.draft.isHeld ? { ...pressed, draft: { ...pressed.draft, isHeld: false } } : pressed);
    },
    end() {
      if (stage === null || now.current === null) return;
      const { x, y } = stage.camera();
      const draft = now.current;
      settle(finish(draft.tool === "polygon" ? draft : { ...draft, hover: draft.hover ?? [x, y] }));
    },
  };
}

const pointOf = ([x, y]: Position): Point => ({ x, y });

interface PointerParts {
  /** @returns whether the pointer is taken: then the slide is not dragged */
  readonly down: (at: Position) => boolean;
  readonly over: (at: Position) => void;
  readonly up: (at: Position) => void;
}

/** Hears the pointer before the slide does. */
function usePointer(stage: Stage | null, parts: PointerParts): void {
  const taken = useRef(false);
  const down = useEffectEvent((event: PointerEvent) => {
    if (stage === null || event.button !== 0 || !parts.down(placeOf(stage, event))) return;
    taken.current = true;
    event.stopPropagation();
  });
  const over = useEffectEvent((event: PointerEvent) => {
    if (stage !== null) parts.over(placeOf(stage, event));
    if (taken.current) event.stopPropagation();
  });
  const up = useEffectEvent((event: PointerEvent) => {
    if (stage === null || !taken.current) return;
    taken.current = false;
    parts.up(placeOf(stage, event));
  });
  useEffect(() => {
    const place = stage?.canvas.parentElement;
    if (!place) return;
    const onDown = (event: PointerEvent): void => {
      // The navigator lies in the same place and moves the view.
      if (event.target instanceof Element && event.target.closest(".navigator") === null) down(event);
    };
    const onOver = (event: PointerEvent): void => over(event);
    const onUp = (event: PointerEvent): void => up(event);
    place.addEventListener("pointerdown", onDown, { capture: true });
    addEventListener("pointermove", onOver, { capture: true });
    addEventListener("pointerup", onUp, { capture: true });
    return () => {
      place.removeEventListener("pointerdown", onDown, { capture: true });
      removeEventListener("pointermove", onOver, { capture: true });
      removeEventListener("pointerup", onUp, { capture: true });
    };
  }, [stage]);
}

function placeOf(stage: Stage, event: PointerEvent): Position {
  const { left, top } = stage.canvas.getBoundingClientRect();
  const { x, y } = toSlide(stage.camera(), { x: event.clientX - left, y: event.clientY - top });
  return [x, y];
}
