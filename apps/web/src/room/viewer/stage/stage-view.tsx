/** A slide on the page, with what is laid over it. The children are put into the drawing surface, so that the wheel still reaches it. */
import "./stage.css";
import type { SlideFacts } from "@nacre/api";
import type { Rect } from "@nacre/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { BrokenMarks } from "./broken-marks.tsx";
import { ScaleBar } from "./scale-bar.tsx";
import type { Layer } from "./slide-source.ts";
import { openStage, type Stage } from "./stage.ts";

export interface StageViewProps {
  readonly facts: SlideFacts;
  readonly layers: readonly Layer[];
  readonly hasNavigator: boolean;
  /** Shown first, level-0 pixels; null: the whole slide. */
  readonly place?: Rect | null;
  /** Degrees that the slide is turned by at first. */
  readonly turn?: number;
  /** Told when the stage stands, and null when it is gone. */
  readonly onStage: (stage: Stage | null) => void;
  readonly children?: (stage: Stage) => ReactNode;
}

/** Name of the performance mark that is set whenever all in view is drawn. */
export const DRAWN = "slide-drawn";

export function StageView({
  facts,
  layers,
  hasNavigator,
  place = null,
  turn = 0,
  onStage,
  children,
}: StageViewProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const [stage, setStage] = useState<Stage | null>(null);
  const shown = useRef(layers);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a stage stands for a slide; its layers are changed in place
  useEffect(() => {
    if (frame.current === null) return;
    const opened = openStage(frame.current, facts, { layers, label: `Slide ${facts.name}`, hasNavigator, place, turn });
    shown.current = layers;
    const stand = (): void => {
      setStage(opened);
      onStage(opened);
    };
    opened.on("drawn", () => {
      performance.clearMarks(DRAWN);
      performance.mark(DRAWN);
    });
    if (opened.isOpen()) stand();
    else opened.on("open", stand);
    return () => {
      setStage(null);
      onStage(null);
      opened.close();
    };
  }, [facts.key, facts.version]);
  useEffect(() => {
    if (stage === null || JSON.stringify(shown.current) === JSON.stringify(layers)) return;
    shown.current = layers;
    stage.show(layers);
  }, [stage, layers]);
  const isDark = layers.some(({ colour }) => colour !== null);
  return (
    <div className={isDark ? "stage is-dark" : "stage"}>
      <div className="stage-place" ref={frame} />
      {stage === null ? null : (
        <>
          {createPortal(
            <div className="over">
              {children?.(stage)}
              <BrokenMarks stage={stage} />
            </div>,
            stage.canvas,
          )}
          <ScaleBar stage={stage} mpp={facts.mpp} />
        </>
      )}
    </div>
  );
}
