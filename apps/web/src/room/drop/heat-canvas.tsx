/** The slide's picture with its tiles coloured over it. */
import { type ReactNode, useEffect, useRef } from "react";
import type { Answered, Layer, Opened, Picture } from "./message.ts";

export interface HeatCanvasProps {
  readonly slide: Opened;
  readonly answered: Answered | null;
  readonly layer: Layer | null;
  /** 0..1 */
  readonly opacity: number;
}

export function HeatCanvas({ slide, answered, layer, opacity }: HeatCanvasProps): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { thumbnail, downsample } = slide;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    context.putImageData(new ImageData(thumbnail.data, thumbnail.width, thumbnail.height), 0, 0);
    if (answered === null || layer === null) return;
    const side = answered.side / downsample;
    for (const [i, x] of answered.x.entries()) {
      context.globalAlpha = opacity * (layer.strength[i] ?? 0);
      const [r, g, b] = layer.rgb.subarray(3 * i, 3 * i + 3);
      context.fillStyle = `rgb(${r} ${g} ${b})`;
      context.fillRect(x / downsample, (answered.y[i] ?? 0) / downsample, side, side);
    }
    context.globalAlpha = 1;
  }, [thumbnail, downsample, answered, layer, opacity]);
  const drawn = layer === null ? "" : `, coloured by ${layer.title.toLowerCase()}`;
  return (
    <canvas
      ref={canvas}
      className="drop-heat"
      role="img"
      aria-label={`${slide.name}${drawn}`}
      width={thumbnail.width}
      height={thumbnail.height}
    />
  );
}

export function PictureCanvas({ picture, label }: { readonly picture: Picture; readonly label: string }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, data } = picture;
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
  }, [data, width, height]);
  return <canvas ref={canvas} role="img" aria-label={label} width={width} height={height} />;
}
