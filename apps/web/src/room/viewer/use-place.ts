/** The view and the address, each following the other: a reload, the way back and a copied address show the same field. */
import type { Rect } from "@nacre/core";
import { useEffect, useEffectEvent, useRef } from "react";
import { useSearchParams } from "wouter";
import { placeIn, turnIn } from "./place-in.ts";
import { type Camera, viewOf } from "./stage/camera.ts";
import type { Stage } from "./stage/stage.ts";

/** How long a view stands before the address names it, milliseconds. */
const SETTLED_MS = 300;

export interface Placed {
  /** What the address names; null: the whole slide. */
  readonly place: Rect | null;
  /** Degrees. */
  readonly turn: number;
  readonly flyTo: (to: Rect) => void;
}

/**
 * Flies to a place that the address names anew (the first one is shown when the slide opens), and writes into the address where somebody
 * moved the view. `isTied`: the view may also be moved by that of another slide.
 */
export function usePlace(stage: Stage | null, isTied: boolean): Placed {
  const [params, setParams] = useSearchParams();
  const [place, turn] = [placeIn(params), turnIn(params)];
  const text = place === null ? null : JSON.stringify({ ...place, turn });
  const had = useRef(text);
  /** What was written here and has not come back as the address yet: a view that moves on meanwhile must not be called back to it. */
  const written = useRef<string[]>([]);
  useEffect(() => {
    if (stage === null || text === had.current) return;
    had.current = text;
    if (text === null) return;
    const own = written.current.indexOf(text);
    if (own >= 0) {
      written.current.splice(0, own + 1);
      return;
    }
    written.current = [];
    stage.grip();
    const { turn, ...to } = JSON.parse(text) as Rect & { readonly turn: number };
    stage.move({ rotation: turn });
    stage.flyTo(to);
  }, [stage, text]);
  const write = useEffectEvent((camera: Camera) => {
    const view = viewOf(camera);
    const named = {
      x: Math.round(view.x),
      y: Math.round(view.y),
      width: Math.max(1, Math.round(view.width)),
      height: Math.max(1, Math.round(view.height)),
      turn: Math.round(camera.rotation) % 360,
    };
    const next = JSON.stringify(named);
    if (next === (written.current.at(-1) ?? text)) return;
    written.current.push(next);
    const { width: w, height: h, turn, ...corner } = named;
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        for (const [name, value] of Object.entries({ ...corner, w, h, turn })) next.set(name, String(value));
        if (turn === 0) next.delete("turn");
        return next;
      },
      { replace: true },
    );
  });
  useEffect(() => {
    if (stage === null) return;
    let isLed = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ends = [
      stage.on("grip", () => {
        isLed = true;
      }),
      stage.on("camera", (camera) => {
        clearTimeout(timer);
        if (isLed || isTied) timer = setTimeout(() => write(camera), SETTLED_MS);
      }),
    ];
    return () => {
      clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [stage, isTied]);
  return {
    place,
    turn,
    flyTo(to) {
      stage?.grip();
      stage?.flyTo(to);
    },
  };
}
