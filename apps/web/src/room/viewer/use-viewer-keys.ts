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
/** Magnifications that a microscope is set to. */
export const OBJECTIVES = [5, 10, 20, 40] as const;
const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowRight: [1, 0],
};

/** A magnification in words; without a scale a share of full size. */
export const writeObjective = (times: number, mpp: number | null): string =>
  mpp === null ? `1:${40 / times}` : `×${times}`;

export interface ViewerCommands {
  readonly toggleHeat: () => void;
  readonly toggleFullScreen: () => void;
  readonly togglePanel: () => void;
  readonly goToSlide: (by: 1 | -1) => void;
  readonly goToCase: () => void;
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
    {
      keys: Object.keys(ARROWS),
      says: "move",
      do(key) {
        const [dx, dy] = ARROWS[key] ?? [0, 0];
        moves.pan(dx, dy)();
      },
    },
    { keys: ["+", "="], says: "closer", do: moves.zoom(ZOOM) },
    { keys: ["-"], says: "farther", do: moves.zoom(1 / ZOOM) },
    { keys: ["0"], says: "whole slide", do: moves.fit },
    {
      keys: OBJECTIVES.map((_, i) => String(i + 1)),
      says: OBJECTIVES.map((times) => writeObjective(times, mpp)).join(", "),
      do: (key) => moves.setMagnification(OBJECTIVES[Number(key) - 1] ?? OBJECTIVES[0])(),
    },
    { keys: ["r", "R"], says: "turn by 90°, turn back", do: (key) => moves.rotate(key === "r" ? 90 : -90)() },
    { keys: ["f"], says: "full screen", do: commands.toggleFullScreen },
    { keys: ["i"], says: "panel beside the slide", do: commands.togglePanel },
    { keys: ["h"], says: "heatmap", do: commands.toggleHeat },
    {
      keys: ["[", "]"],
      says: "slide before, next slide of the case",
      do: (key) => commands.goToSlide(key === "]" ? 1 : -1),
    },
    { keys: ["u"], says: "up to the case", do: commands.goToCase },
    ...TOOLS.map(({ key, says, tool }) => ({ keys: [key], says, do: () => commands.take(tool) })),
    { keys: [" "], says: "set a corner in the middle of the view", do: commands.setCorner },
    {
      keys: ["c", "C"],
      says: "next, former corner of the selected shape: arrows move it",
      do: (key) => commands.nextCorner(key === "c" ? 1 : -1),
    },
    { keys: ["Enter"], says: "end the shape, put the corner down", do: commands.end },
    { keys: ["Escape"], says: "let go of corner, tool, selection", do: commands.escape },
    { keys: ["Delete", "Backspace"], says: "delete the selected annotation", do: commands.remove },
    // Heard below: with Ctrl a key is the browser's, unless it is taken from it.
    { keys: ["Ctrl Z"], says: "take back", do: commands.undo },
    { keys: ["Ctrl Y"], says: "do again (or Ctrl Shift Z)", do: commands.redo },
  ];
  useKeys("Slide", rows);
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
