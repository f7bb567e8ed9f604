/** What the colours on the slide stand for: it lies in the picture, so that nobody sees the one without the other. */
import "./heat.css";
import type { Heatmap } from "@nacre/api";
import type { ReactNode } from "react";
import { heatColour, isShown, isSigned, layerOf } from "./heat-picture.ts";
import type { HeatView } from "./use-heat.ts";

const STEPS = 48;

export function HeatLegend({ heatmap, view }: { readonly heatmap: Heatmap; readonly view: HeatView }): ReactNode {
  const layer = layerOf(heatmap, view.layer);
  if (layer === undefined) return null;
  const [low, high] = layer.scale;
  const from = isSigned(layer) ? low : 0;
  const steps = Array.from({ length: STEPS }, (_, i) => from + ((high - from) * (i + 0.5)) / STEPS);
  // One scale for all slides of a run: what lies beyond it has the colour of its end.
  const ends = [isSigned(layer) ? `≤ ${write(low)}` : "0", `≥ ${write(high)}`] as const;
  return (
    <figure className="legend small" title={layer.meaning}>
      <figcaption>{layer.name.replace(/^./, (c) => c.toUpperCase())}</figcaption>
      <svg
        viewBox={`0 0 ${STEPS} 6`}
        preserveAspectRatio="none"
        shapeRendering="crispEdges"
        role="img"
        aria-label={`Colours from ${ends[0]} to ${ends[1]}; weaker than ${write(view.threshold * high)} is left out`}
      >
        {steps.map((value, i) =>
          isShown(layer, value, view.threshold) ? (
            <rect key={value} x={i} y="0" width="1.02" height="6" fill={heatColour(layer, value)} />
          ) : null,
        )}
      </svg>
      <div className="legend-ends">
        <span>{ends[0]}</span>
        {isSigned(layer) ? <span>0</span> : null}
        <span>{ends[1]}</span>
      </div>
    </figure>
  );
}

const write = (value: number): string => (value === 0 ? "0" : value.toPrecision(2));
