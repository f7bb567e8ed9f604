/** The map itself: drag moves, the wheel zooms, the lasso chooses. With the keyboard: arrows, + and −, 0 for all of it. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Notice } from "../ui/index.ts";
import { type Corner, fitView, pointsInside, type Size, toPlane, type View, zoomAt } from "./plane.ts";
import { openScatter, type Scatter } from "./scatter.ts";

export interface MapCanvasProps {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** Group of each point, and the colours of the groups. */
  readonly groups: Uint8Array;
  readonly colours: readonly string[];
  readonly chosen: ReadonlySet<number>;
  readonly onChoose: (points: number[]) => void;
  readonly hasLasso: boolean;
  readonly label: string;
}

const STEP = 60;
const ZOOM = 1.35;

export function MapCanvas(props: MapCanvasProps): ReactNode {
  const { xs, ys, groups, colours, chosen, onChoose, hasLasso, label } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const scatter = useRef<Scatter | null>(null);
  const [isAbsent, setAbsent] = useState(false);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [moved, setMoved] = useState<View | null>(null);
  const [ring, setRing] = useState<readonly Corner[]>([]);
  const drawn = useRef<readonly Corner[]>([]);
  const from = useRef<{ readonly at: Corner; readonly view: View; readonly isLasso: boolean } | null>(null);
  const view = moved ?? fitView(xs, ys, size);

  useEffect(() => {
    if (canvas.current === null || frame.current === null) return;
    const made = openScatter(canvas.current);
    scatter.current = made;
    setAbsent(made === null);
    const seen = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    seen.observe(frame.current);
    return () => seen.disconnect();
  }, []);
  useEffect(() => scatter.current?.place(xs, ys), [xs, ys]);
  useEffect(() => scatter.current?.colour(groups, colours), [groups, colours]);
  useEffect(() => {
    const marks = new Uint8Array(xs.length);
    for (const i of chosen) marks[i] = 1;
    scatter.current?.choose(chosen.size === 0 ? null : marks);
  }, [chosen, xs]);
  useEffect(() => {
    if (size.width > 0 && size.height > 0) scatter.current?.draw(view, size, sideOf(xs.length));
  });
  const wheel = useRef<(event: WheelEvent) => void>(() => {});
  wheel.current = (event) => {
    event.preventDefault();
    setMoved(zoomAt(view, size, placeOf(event, canvas.current), Math.exp(-event.deltaY / 400)));
  };
  useEffect(() => {
    const element = canvas.current;
    const turn = (event: WheelEvent): void => wheel.current(event);
    // React listens passively, which could not keep the page from scrolling.
    element?.addEventListener("wheel", turn, { passive: false });
    return () => element?.removeEventListener("wheel", turn);
  }, []);

  const drawRing = (corners: readonly Corner[]): void => {
    drawn.current = corners;
    setRing(corners);
  };
  const down = (event: PointerEvent): void => {
    const at = placeOf(event, canvas.current);
    from.current = { at, view, isLasso: hasLasso || event.shiftKey };
    canvas.current?.setPointerCapture(event.pointerId);
    drawRing(from.current.isLasso ? [at] : []);
  };
  const move = (event: PointerEvent): void => {
    if (from.current === null) return;
    const at = placeOf(event, canvas.current);
    if (from.current.isLasso) {
      drawRing([...drawn.current, at]);
      return;
    }
    const [dx, dy] = [at[0] - from.current.at[0], at[1] - from.current.at[1]];
    const start = from.current.view;
    setMoved({ ...start, x: start.x - dx / start.scale, y: start.y + dy / start.scale });
  };
  const up = (): void => {
    const corners = drawn.current.map((at) => toPlane(view, size, at));
    if (from.current?.isLasso) onChoose(pointsInside(corners, xs, ys));
    from.current = null;
    drawRing([]);
  };
  const press = (event: KeyboardEvent): void => {
    const shift = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const by = { "+": ZOOM, "=": ZOOM, "-": 1 / ZOOM }[event.key];
    const middle: Corner = [size.width / 2, size.height / 2];
    if (shift !== undefined)
      setMoved({
        ...view,
        x: view.x + ((shift[0] ?? 0) * STEP) / view.scale,
        y: view.y + ((shift[1] ?? 0) * STEP) / view.scale,
      });
    else if (by !== undefined) setMoved(zoomAt(view, size, middle, by));
    else if (event.key === "0") setMoved(null);
    else if (event.key === "Escape") onChoose([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={frame} className={`map-frame ${hasLasso ? "lasso" : ""}`}>
      {isAbsent ? (
        <Notice tone="warn">
          This browser has no WebGL 2, so the points cannot be drawn. The groups and their tiles can be chosen below.
        </Notice>
      ) : null}
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${label} Arrows move, plus and minus zoom, 0 shows all; groups are chosen in the list beside it.`}
        tabIndex={0}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
        onDoubleClick={() => setMoved(null)}
        onKeyDown={press}
      />
      {ring.length > 1 ? (
        <svg className="map-ring" aria-hidden="true">
          <polygon points={ring.map(([x, y]) => `${x},${y}`).join(" ")} />
        </svg>
      ) : null}
    </div>
  );
}

/** Many points are drawn small, few large. */
const sideOf = (n: number): number => Math.min(11, Math.max(3, 900 / Math.sqrt(n + 1) / 4));

function placeOf(
  event: { readonly clientX: number; readonly clientY: number },
  canvas: HTMLCanvasElement | null,
): Corner {
  const box = canvas?.getBoundingClientRect();
  return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
}
