/** The dropped slide with what the model saw in it: the picture, the answer, the tiles that weighed most. */
import { writeNumber } from "@nacre/api";
import { type ReactNode, useState } from "react";
import { Badge, Interval, Notice, SelectField } from "../ui/index.ts";
import { HeatCanvas, PictureCanvas } from "./heat-canvas.tsx";
import type { Answered, Layer, Opened } from "./message.ts";

export interface SlideResultProps {
  readonly slide: Opened;
  readonly answered: Answered | null;
  readonly hasModel: boolean;
}

export function SlideResult({ slide, answered, hasModel }: SlideResultProps): ReactNode {
  const [key, setKey] = useState<Layer["key"]>("attention");
  const [opacity, setOpacity] = useState(0.55);
  const layer = answered?.layers.find((one) => one.key === key) ?? answered?.layers[0] ?? null;
  return (
    <section className="drop-result" aria-label={`Slide ${slide.name}`}>
      <div className="card stack drop-picture">
        {answered === null || layer === null ? null : (
          <div className="row drop-layer">
            <SelectField
              title="Colours show"
              choices={answered.layers.map((one) => ({ value: one.key, title: one.title }))}
              value={layer.key}
              onChange={(event) => setKey(event.target.value === "evidence" ? "evidence" : "attention")}
            />
            <label className="field">
              <span className="field-title">Strength</span>
              <input
                type="range"
                min="0"
                max="1"
                step="0.05"
                value={opacity}
                onChange={(event) => setOpacity(Number(event.target.value))}
              />
            </label>
            <Legend layer={layer} />
          </div>
        )}
        <HeatCanvas slide={slide} answered={answered} layer={layer} opacity={opacity} />
      </div>
      <div className="stack">
        <Facts slide={slide} answered={answered} />
        {answered === null ? (
          hasModel ? null : (
            <Notice>Drop the model.onnx of a finished run on texture features, and it answers for this slide.</Notice>
          )
        ) : (
          <>
            <AnswerCard answered={answered} />
            <TopTiles answered={answered} />
          </>
        )}
      </div>
    </section>
  );
}

function Facts({ slide, answered }: Pick<SlideResultProps, "slide" | "answered">): ReactNode {
  const whole = (n: number): string => n.toLocaleString("en-GB");
  return (
    <div className="card">
      <h2>{slide.name}</h2>
      {slide.isSynthetic ? (
        <p>
          <Badge tone="warn">SYNTHETIC</Badge> This slide was drawn by a program; no patient stands behind it.
        </p>
      ) : null}
      <dl className="drop-facts">
        <dt>Size</dt>
        <dd>
          {whole(slide.width)} × {whole(slide.height)} px, {slide.mpp} µm/px
        </dd>
        <dt>Tissue</dt>
        <dd>
          {slide.tissueMm2.toPrecision(3)} mm², {(100 * slide.tissueShare).toFixed(0)} % of the slide
          {slide.penShare > 0.001 ? `; pen on ${(100 * slide.penShare).toFixed(1)} %` : ""}
        </dd>
        {answered === null ? null : (
          <>
            <dt>Tiles</dt>
            <dd>
              {whole(answered.x.length)} of {answered.tiles.size} px at {answered.tiles.mpp} µm/px, in{" "}
              {answered.seconds.toFixed(1)} s
            </dd>
          </>
        )}
        <dt>Read by</dt>
        <dd>
          {slide.format}, {slide.reader}
        </dd>
      </dl>
      {slide.warnings.map((text) => (
        <p key={text} className="small soft">
          {text}
        </p>
      ))}
    </div>
  );
}

function AnswerCard({ answered: { answers } }: { readonly answered: Answered }): ReactNode {
  return (
    <section className="card stack" aria-label="Answer of the model">
      <h2>Answer of the model</h2>
      <dl className="drop-answers">
        {answers.map(({ name, value, isShare }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{isShare ? <Interval value={value} label={name} /> : writeNumber(value)}</dd>
          </div>
        ))}
      </dl>
      <Notice tone="warn">
        As the model gives it: not calibrated, for one slide, without an interval. Research use only; not a diagnosis.
      </Notice>
    </section>
  );
}

function TopTiles({ answered: { top, layers } }: { readonly answered: Answered }): ReactNode {
  return (
    <div className="card stack">
      <div>
        <h2>Where it looked</h2>
        <p className="small soft">
          The {top.length} tiles with most attention, as multiples of an even share.{" "}
          {layers.length > 1 ? "They say what the model used, not what caused a disease." : ""}
        </p>
      </div>
      <ul className="drop-tiles">
        {top.map(({ x, y, weight, picture }) => (
          <li key={`${x} ${y}`}>
            <PictureCanvas picture={picture} label={`Tile at ${x}, ${y}: ${weight}`} />
            <span className="small">{weight}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Legend({ layer }: { readonly layer: Layer }): ReactNode {
  const { legend, low, high, meaning } = layer;
  return (
    <div className="drop-legend">
      <div className="row small">
        <span>{low}</span>
        <svg viewBox={`0 0 ${legend.length} 1`} preserveAspectRatio="none" aria-hidden="true">
          {legend.map((colour, i) => (
            <rect key={colour} x={i} width="1.05" height="1" fill={colour} />
          ))}
        </svg>
        <span>{high}</span>
      </div>
      <p className="small soft">{meaning} The scale is of this slide alone.</p>
    </div>
  );
}
