/** Channels on and off, their colours, and the focal plane. */
import type { SlideFacts } from "@nacre/api";
import type { ReactNode } from "react";
import type { ChannelView, PlanesView } from "./planes.ts";

export interface PlanesPanelProps {
  readonly facts: SlideFacts;
  readonly view: PlanesView;
  readonly onChange: (view: PlanesView) => void;
}

export function PlanesPanel({ facts, view, onChange }: PlanesPanelProps): ReactNode {
  const change = (at: number, part: Partial<ChannelView>): void =>
    onChange({ ...view, channels: view.channels.map((row, i) => (i === at ? { ...row, ...part } : row)) });
  return (
    <div className="stack">
      {facts.focalPlanes > 1 ? (
        <label className="slider">
          <span>Focal plane</span>
          <output>
            {view.focalPlane + 1} of {facts.focalPlanes}
          </output>
          {/* The label is taken by the output: the first element in it that can have one. */}
          <input
            type="range"
            aria-label="Focal plane"
            min="0"
            max={facts.focalPlanes - 1}
            step="1"
            value={view.focalPlane}
            onChange={(event) => onChange({ ...view, focalPlane: Number(event.target.value) })}
          />
        </label>
      ) : null}
      {view.channels.length > 1 ? (
        <ul className="channels" aria-label="Channels">
          {view.channels.map(({ name, colour, isOn }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its place in the file; names may be the same
            <li key={i}>
              <label className="check">
                <input type="checkbox" checked={isOn} onChange={(event) => change(i, { isOn: event.target.checked })} />
                <span>{name}</span>
              </label>
              <input
                type="color"
                aria-label={`Colour of ${name}`}
                value={colour}
                onChange={(event) => change(i, { colour: event.target.value })}
              />
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
