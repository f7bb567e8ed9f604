/** A canvas over the slide, drawn anew with each frame of a movement, in level-0 pixels. */
import { type RefObject, useEffect, useRef } from "react";
import { type Camera, matrixOf } from "./camera.ts";
import type { Stage } from "./stage.ts";

export type Draw = (context: CanvasRenderingContext2D, camera: Camera) => void;

/** `draw` null: the canvas stays empty. A new `draw` draws at once: keep it the same while it draws the same. */
export function useLaidCanvas(stage: Stage, draw: Draw | null): RefObject<HTMLCanvasElement | null> {
  const screen = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = screen.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const lay = (): void => {
      const camera = stage.camera();
      const ratio = devicePixelRatio;
      const [width, height] = [Math.round(camera.width * ratio), Math.round(camera.height * ratio)];
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, width, height);
      const [a, b, c, d, e, f] = matrixOf(camera);
      context.setTransform(a * ratio, b * ratio, c * ratio, d * ratio, e * ratio, f * ratio);
      draw?.(context, camera);
    };
    lay();
    return draw === null ? undefined : stage.on("camera", lay);
  }, [stage, draw]);
  return screen;
}
