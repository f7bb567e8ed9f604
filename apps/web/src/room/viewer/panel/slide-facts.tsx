/** What the file says of itself. */
import type { SlideFacts as Facts } from "@nacre/api";
import type { ReactNode } from "react";
import { writeMicrons } from "../stage/camera.ts";

export function SlideFacts({ facts }: { readonly facts: Facts }): ReactNode {
  const { width, height, mpp, levels } = facts;
  const rows: readonly (readonly [string, string | null])[] = [
    ["Format", `${facts.format}${facts.vendor === "" ? "" : `, ${facts.vendor}`}`],
    ["Size", `${width.toLocaleString("en-GB")} × ${height.toLocaleString("en-GB")} px`],
    ["On the glass", mpp === null ? "unknown" : `${writeMicrons(width * mpp)} × ${writeMicrons(height * mpp)}`],
    ["Pixel", mpp === null ? "unknown: lengths are told in pixels" : `${mpp.toPrecision(4)} µm`],
    ["Objective", facts.objective === null ? null : `×${facts.objective}`],
    ["Levels", levels.map(({ downsample }) => `1:${Number(downsample.toPrecision(3))}`).join(", ")],
    ["Site", facts.site],
    ["Stain", facts.stain],
    ["Scanner", facts.scanner],
  ];
  return (
    <dl className="facts">
      {rows.map(([name, value]) =>
        value === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
