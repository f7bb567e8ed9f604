/** The heatmap's settings, what its colours mean, and the tiles that weighed most. */
import "./heat.css";
import { type Heatmap, readRegion } from "@nacre/api";
import type { Rect } from "@nacre/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { searchPath } from "../../address.ts";
import { addressOf } from "../../client/call.ts";
import { Button, Failure, failureIn, Notice, SelectField } from "../../ui/index.ts";
import { type HeatLayer, layerOf, strongest } from "./heat-picture.ts";
import type { Heat } from "./use-heat.ts";

/** Tiles told in the list. */
const BEST = 12;
/** How many tiles wide the view is that flies to a tile. */
const AROUND = 4;

export interface HeatPanelProps {
  readonly heat: Heat;
  readonly slide: string;
  readonly flyTo: (place: Rect) => void;
}

export function HeatPanel({ heat, slide, flyTo }: HeatPanelProps): ReactNode {
  if (heat.run === null)
    return <p className="soft">No run has answered about this slide. A study that was run on it brings its heatmap.</p>;
  const { heatmap, failure, view } = heat;
  const layer = heatmap === undefined ? undefined : layerOf(heatmap, view.layer);
  return (
    <div className="stack">
      {heat.runs.length > 1 ? (
        <SelectField
          title="Run"
          value={heat.run}
          choices={heat.runs.map((row) => ({ value: row.run, title: `${row.study}: ${row.text}` }))}
          onChange={(event) => heat.chooseRun(event.target.value)}
        />
      ) : null}
      <Button onClick={heat.toggle} aria-pressed={heat.isOn}>
        {heat.isOn ? "Hide the heatmap" : "Show the heatmap"}
      </Button>
      {failure === null ? null : <Failure failure={failureIn(failure)} title="No heatmap" />}
      {heatmap === undefined || layer === undefined ? null : (
        <>
          {heatmap.layers.length > 1 ? (
            <SelectField
              title="What is shown"
              value={layer.name}
              choices={heatmap.layers.map(({ name }) => ({ value: name, title: name }))}
              onChange={(event) => heat.change({ layer: event.target.value as HeatLayer["name"] })}
            />
          ) : null}
          <p className="small soft">{meaningOf(layer)}</p>
          <Slider
            title="Leave out below"
            value={view.threshold}
            text={`${(view.threshold * layer.scale[1]).toPrecision(2)}`}
            onChange={(threshold) => heat.change({ threshold })}
          />
          <Slider
            title="Strength"
            value={view.opacity}
            text={`${Math.round(view.opacity * 100)} %`}
            onChange={(opacity) => heat.change({ opacity })}
          />
          <BestTiles heatmap={heatmap} layer={layer} slide={slide} flyTo={flyTo} />
        </>
      )}
    </div>
  );
}

function Slider({
  title,
  value,
  text,
  onChange,
}: {
  readonly title: string;
  readonly value: number;
  readonly text: string;
  readonly onChange: (value: number) => void;
}): ReactNode {
  return (
    <label className="slider">
      <span>{title}</span>
      <output>{text}</output>
      <input
        type="range"
        min="0"
        max="1"
        step="0.01"
        value={value}
        aria-label={title}
        aria-valuetext={text}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </label>
  );
}

/** What the colours mean. That attention is no cause is said once, whoever says it. */
function meaningOf({ meaning }: HeatLayer): string {
  const said = /not causation/i.test(meaning) ? "" : " Attention is not causation.";
  return `${meaning.replace(/^./, (c) => c.toUpperCase())}${said} It shows what the model used, and is no diagnosis.`;
}

function BestTiles({
  heatmap,
  layer,
  slide,
  flyTo,
}: {
  readonly heatmap: Heatmap;
  readonly layer: HeatLayer;
  readonly slide: string;
  readonly flyTo: (place: Rect) => void;
}): ReactNode {
  const { tile, run } = heatmap;
  const best = strongest(layer, BEST);
  if (best.length === 0) return <Notice tone="neutral">The run holds no tile of this slide.</Notice>;
  return (
    <section aria-labelledby="best-tiles">
      <h3 id="best-tiles">Tiles that weighed most, by {layer.name}</h3>
      <ol className="best">
        {best.map((i, rank) => {
          const [x, y, value] = [heatmap.x[i] ?? 0, heatmap.y[i] ?? 0, layer.values[i] ?? 0];
          const rim = (tile * (AROUND - 1)) / 2;
          const picture = { x, y, width: tile, height: tile, size: 128 };
          return (
            <li key={i}>
              <button
                type="button"
                className="best-tile"
                aria-label={`Tile ${rank + 1}, ${layer.name} ${value.toPrecision(2)}: fly there`}
                onClick={() => flyTo({ x: x - rim, y: y - rim, width: tile * AROUND, height: tile * AROUND })}
              >
                <img
                  src={addressOf(readRegion, { params: { slide }, query: picture })}
                  alt=""
                  loading="lazy"
                  decoding="async"
                />
              </button>
              <div className="best-words small">
                <span>{value.toPrecision(2)}</span>
                <Link
                  href={searchPath(slide, run, { x, y })}
                  aria-label={`more like this: tiles that look like tile ${rank + 1}`}
                >
                  more like this
                </Link>
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
