/** The heatmap over the slide: one picture, laid anew with each frame of a movement. */
import type { Heatmap } from "@nacre/api";
import { type ReactNode, useMemo } from "react";
import type { Stage } from "../stage/stage.ts";
import { type Draw, useLaidCanvas } from "../stage/use-laid-canvas.ts";
import { drawHeat, layerOf } from "./heat-picture.ts";
import type { HeatView } from "./use-heat.ts";

export interface HeatOverlayProps {
  readonly stage: Stage;
  readonly heatmap: Heatmap;
  readonly view: HeatView;
}

export function HeatOverlay({ stage, heatmap, view }: HeatOverlayProps): ReactNode {
  const layer = layerOf(heatmap, view.layer);
  const picture = useMemo(
    () => (layer === undefined ? null : drawHeat(heatmap, layer, view.threshold)),
    [heatmap, layer, view.threshold],
  );
  const draw = useMemo((): Draw | null => {
    if (picture === null) return null;
    const { canvas, place } = picture;
    return (context) => {
      context.imageSmoothingEnabled = false;
      context.drawImage(canvas, place.x, place.y, place.width, place.height);
    };
  }, [picture]);
  const screen = useLaidCanvas(stage, draw);
  return <canvas ref={screen} className="heat" data-testid="heat" style={{ opacity: view.opacity }} />;
}
