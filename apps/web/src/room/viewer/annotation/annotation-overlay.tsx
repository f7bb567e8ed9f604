/** Annotations over the slide, and the shape that is being drawn. SVG; a canvas where there are very many. */
import "./annotation.css";
import { memo, type ReactNode, useEffect, useMemo, useRef } from "react";
import { svgTransform } from "../stage/camera.ts";
import type { Stage } from "../stage/stage.ts";
import { type Draw, useLaidCanvas } from "../stage/use-laid-canvas.ts";
import { MOST_ELEMENTS } from "./classes.data.ts";
import { type Draft, outlineOf } from "./draft.ts";
import type { Drawn } from "./history.ts";
import type { Row } from "./ledger.ts";
import { boxOf, linesOf } from "./shape.ts";
import { colourOf, drawShape, isDot, linePath, pathOf, shapeOf } from "./shape-path.ts";

export interface AnnotationOverlayProps {
  readonly stage: Stage;
  readonly rows: readonly Row[];
  readonly selected: string | null;
  /** The selected shape while a corner is moved: drawn instead of the row. */
  readonly moving?: Drawn | null;
  readonly draft?: Draft | null;
}

export function AnnotationOverlay({
  stage,
  rows,
  selected,
  moving = null,
  draft = null,
}: AnnotationOverlayProps): ReactNode {
  const world = useRef<SVGGElement>(null);
  useEffect(() => {
    const lay = (): void => world.current?.setAttribute("transform", svgTransform(stage.camera()));
    lay();
    return stage.on("camera", lay);
  }, [stage]);
  const many = rows.length > MOST_ELEMENTS;
  const chosen = moving ?? rows.find(({ id }) => id === selected) ?? null;
  return (
    <>
      {many ? <ManyShapes stage={stage} rows={rows} /> : null}
      <svg className="shapes" aria-hidden="true">
        <g ref={world}>
          {many ? null : <Shapes rows={rows} hidden={chosen?.id ?? null} />}
          {chosen === null ? null : <Chosen drawn={chosen} />}
          {draft === null ? null : <DraftShape draft={draft} />}
        </g>
      </svg>
    </>
  );
}

interface ShapesProps {
  readonly rows: readonly Row[];
  /** The selected one is drawn apart. */
  readonly hidden: string | null;
}

/** Drawn again only when a row changes: not with each movement of the pointer. */
const Shapes = memo(function Shapes({ rows, hidden }: ShapesProps): ReactNode {
  return rows.map((row) => (row.id === hidden ? null : <Shape key={row.id} row={row} />));
});

const Shape = memo(function Shape({ row }: { readonly row: Row }): ReactNode {
  const colour = colourOf(row);
  const className = `shape ${isDot(row.geometry) ? "dot" : ""} ${row.state}`;
  return (
    <path className={className} data-id={row.id} d={pathOf(row.geometry)} stroke={colour} fill={fillOf(row, colour)} />
  );
});

const fillOf = ({ geometry }: Drawn, colour: string): string =>
  geometry.type === "Polygon" || geometry.type === "MultiPolygon" ? colour : "none";

/** The selected shape, and the corners that can be moved. */
function Chosen({ drawn }: { readonly drawn: Drawn }): ReactNode {
  const colour = colourOf(drawn);
  const corners = linesOf(drawn.geometry).map((line) => line.map((corner) => linePath([corner])).join(""));
  return (
    <>
      <path className="shape halo" d={pathOf(drawn.geometry)} />
      <path className="shape" d={pathOf(drawn.geometry)} stroke={colour} fill={fillOf(drawn, colour)} />
      <path className="corner-rim" d={corners.join("")} />
      <path className="corner" d={corners.join("")} stroke={colour} />
    </>
  );
}

function DraftShape({ draft }: { readonly draft: Draft }): ReactNode {
  const outline = outlineOf(draft);
  if (outline.length === 0) return null;
  return (
    <>
      <path className="shape halo" d={linePath(outline)} />
      <path className="shape draft" d={linePath(outline)} />
      {draft.tool === "freehand" ? null : (
        <path className="corner" d={draft.corners.map((corner) => linePath([corner])).join("")} />
      )}
    </>
  );
}

/** Thousands of shapes: drawn together, those out of view left out. */
function ManyShapes({ stage, rows }: { readonly stage: Stage; readonly rows: readonly Row[] }): ReactNode {
  const draw = useMemo((): Draw => {
    const shapes = rows.map((row) => ({ shape: shapeOf(row), box: boxOf(row.geometry) }));
    return (context, camera) => {
      // Half the diagonal covers the view whichever way it is turned.
      const reach = Math.hypot(camera.width, camera.height) / 2 / camera.scale;
      for (const { shape, box } of shapes) {
        if (box.right < camera.x - reach || box.left > camera.x + reach) continue;
        if (box.bottom < camera.y - reach || box.top > camera.y + reach) continue;
        drawShape(context, shape, camera.scale);
      }
    };
  }, [rows]);
  return <canvas ref={useLaidCanvas(stage, draw)} className="heat" />;
}
