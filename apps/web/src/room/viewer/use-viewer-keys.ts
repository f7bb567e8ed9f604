/** The viewer's keys. Arrows move the view as it is turned on the screen; 1 to 4 are the objectives that a microscope has. */
import { useEffect, useEffectEvent } from "react";
import type { KeyRow } from "../ui/index.ts";
import { useKeys } from "../ui/index.ts";
import type { Tool } from "./annotation/draft.ts";
import { TOOLS } from "./panel/tool-bar.tsx";
import { scaleAt, toSlide } from "./stage/camera.ts";
import type { Stage } from "./stage/stage.ts";

/** Share of the view that an arrow moves. */
const STEP = 0.2;
const ZOOM = 1.5;
const OBJECTIVES = [5, 10, 20, 40] as const;

export interface ViewerCommands {
  readonly toggleHeat: () => void;
  readonly toggleFullScreen: () => void;
  readonly togglePanel: () => void;
  readonly goToSlide: (by: 1 | -1) => void;
  readonly take: (tool: Tool) => void;
  readonly setCorner: () => void;
  /** Takes hold of a corner of the selected shape. */
  readonly nextCorner: (by: 1 | -1) => void;
  readonly end: () => void;
  readonly escape: () => void;
  readonly remove: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

/** Movements of a stage, by command. */
export function movesOf(stage: Stage | null, mpp: number | null) {
  const led = (act: (stage: Stage) => void) => () => {
    if (stage === null) return;
    stage.grip();
    act(stage);
  };
  return {
    pan: (dx: number, dy: number) =>
      led((s) => {
        const camera = s.camera();
        const { width, height } = camera;
        s.move(toSlide(camera, { x: width * (0.5 + dx * STEP), y: height * (0.5 + dy * STEP) }));
      }),
    zoom: (by: number) => led((s) => s.move({ scale: s.camera().scale * by })),
    setMagnification: (times: number) => led((s) => s.move({ scale: scaleAt(times, mpp) })),
    rotate: (by: number) => led((s) => s.move({ rotation: Math.round((s.camera().rotation + by) / 90) * 90 })),
    fit: led((s) => s.fit()),
  };
}

export function useViewerKeys(stage: Stage | null, mpp: number | null, commands: ViewerCommands): void {
  const moves = movesOf(stage, mpp);
  const rows: KeyRow[] = [
    { keys: ["ArrowLeft"], says: "move left", do: moves.pan(-1, 0) },
    { keys: ["ArrowRight"], says: "move right", do: moves.pan(1, 0) },
    { keys: ["ArrowUp"], says: "move up", do: moves.pan(0, -1) },
    { keys: ["ArrowDown"], says: "move down", do: moves.pan(0, 1) },
    { keys: ["+", "="], says: "closer", do: moves.zoom(ZOOM) },
    { keys: ["-"], says: "farther", do: moves.zoom(1 / ZOOM) },
    { keys: ["0"], says: "whole slide", do: moves.fit },
    ...OBJECTIVES.map((times, i) => ({
      keys: [String(i + 1)],
      says: mpp === null ? `1:${40 / times} of full size` : `as with objective ×${times}`,
      do: moves.setMagnification(times),
    })),
    { keys: ["r"], says: "turn by 90°", do: moves.rotate(90) },
    { keys: ["R"], says: "turn back by 90°", do: moves.rotate(-90) },
    { keys: ["f"], says: "full screen", do: commands.toggleFullScreen },
    { keys: ["i"], says: "panel beside the slide", do: commands.togglePanel },
    { keys: ["h"], says: "heatmap", do: commands.toggleHeat },
    { keys: ["["], says: "slide before, of the case", do: () => commands.goToSlide(-1) },
    { keys: ["]"], says: "next slide of the case", do: () => commands.goToSlide(1) },
    ...TOOLS.map(({ key, says, tool }) => ({ keys: [key], says, do: () => commands.take(tool) })),
    { keys: [" "], says: "set a corner in the middle of the view", do: commands.setCorner },
    {
      keys: ["c"],
      says: "take a corner of the selected shape, then the next: arrows move it",
      do: () => commands.nextCorner(1),
    },
    { keys: ["C"], says: "the corner before", do: () => commands.nextCorner(-1) },
    { keys: ["Enter"], says: "end the shape, put the corner down", do: commands.end },
    { keys: ["Escape"], says: "let go of the corner, put the tool away, select nothing", do: commands.escape },
    { keys: ["Delete", "Backspace"], says: "delete the selected annotation", do: commands.remove },
  ];
  useKeys("Slide (Ctrl Z takes back, Ctrl Y does again)", rows);
  const hear = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select, dialog") !== null) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "z" && !event.shiftKey) commands.undo();
    else commands.redo();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => hear(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
