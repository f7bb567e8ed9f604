/** Where the view stands, in numbers: pixel size, equivalent magnification, middle, pointer. */
import type { Point } from "@nacre/core";
import { type ReactNode, useEffect, useState } from "react";
import { magnificationOf, micronsPerPixel, toSlide } from "../stage/camera.ts";
import type { Stage } from "../stage/stage.ts";
import { useCamera } from "../stage/use-camera.ts";

export function Readout({ stage, mpp }: { readonly stage: Stage; readonly mpp: number | null }): ReactNode {
  const camera = useCamera(stage);
  const pointer = usePointerPlace(stage);
  const microns = micronsPerPixel(camera, mpp);
  const at = pointer === null ? { x: camera.x, y: camera.y } : toSlide(camera, pointer);
  const place = `${Math.round(at.x).toLocaleString("en-GB")}, ${Math.round(at.y).toLocaleString("en-GB")}`;
  return (
    <div className="readout small">
      <span title="What a microscope would be set to">
        {microns === null ? `${(camera.scale * 100).toPrecision(3)} %` : `≈ ×${writeTimes(magnificationOf(microns))}`}
      </span>
      <span title="Size of a screen pixel on the glass">
        {microns === null ? `${(1 / camera.scale).toPrecision(3)} px/px` : `${microns.toPrecision(3)} µm/px`}
      </span>
      <span
        className="readout-place"
        title={`Level-0 pixels, ${pointer === null ? "middle of the view" : "at the pointer"}`}
      >
        x, y {place}
      </span>
      {camera.rotation % 360 === 0 ? null : <span>{Math.round(((camera.rotation % 360) + 360) % 360)}°</span>}
    </div>
  );
}

const writeTimes = (times: number): string => (times >= 10 ? times.toFixed(0) : times.toPrecision(2));

/** The pointer over the stage, screen pixels of it; null elsewhere. */
function usePointerPlace(stage: Stage): Point | null {
  const [at, setAt] = useState<Point | null>(null);
  useEffect(() => {
    const { canvas } = stage;
    const over = ({ clientX, clientY }: PointerEvent): void => {
      const { left, top } = canvas.getBoundingClientRect();
      setAt({ x: clientX - left, y: clientY - top });
    };
    const out = (): void => setAt(null);
    canvas.addEventListener("pointermove", over);
    canvas.addEventListener("pointerleave", out);
    return () => {
      canvas.removeEventListener("pointermove", over);
      canvas.removeEventListener("pointerleave", out);
    };
  }, [stage]);
  return at;
}
