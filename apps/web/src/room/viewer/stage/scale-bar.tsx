/** The length that a stretch of the screen has on the glass. */
import type { ReactNode } from "react";
import { scaleBar } from "./camera.ts";
import type { Stage } from "./stage.ts";
import { useCamera } from "./use-camera.ts";

/** Longest bar, screen pixels; on a large screen a little more, on a small one a share of it. */
const LONGEST = 180;
const LARGEST_SHARE = 0.36;

export function ScaleBar({ stage, mpp }: { readonly stage: Stage; readonly mpp: number | null }): ReactNode {
  const camera = useCamera(stage);
  if (camera.width === 0) return null;
  const longest = Math.min(camera.width * LARGEST_SHARE, Math.max(LONGEST, camera.width / 9));
  const { pixels, text } = scaleBar(camera, mpp, longest);
  return (
    <div className="scale-bar" role="img" aria-label={`Scale: the bar is ${text} long`}>
      <span className="scale-line" style={{ width: `${pixels}px` }} />
      <span>{text}</span>
      {mpp === null ? <span className="scale-note">scale unknown: lengths in pixels</span> : null}
    </div>
  );
}
