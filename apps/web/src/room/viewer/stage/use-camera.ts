/** The camera of a stage as React sees it: components that show a number of it are drawn again with each frame, the page is not. */
import { useCallback, useSyncExternalStore } from "react";
import type { Camera } from "./camera.ts";
import type { BrokenBlock, Stage } from "./stage.ts";

export function useCamera(stage: Stage): Camera {
  return useSyncExternalStore(
    useCallback((ear) => stage.on("camera", ear), [stage]),
    stage.camera,
  );
}

export function useBroken(stage: Stage): readonly BrokenBlock[] {
  return useSyncExternalStore(
    useCallback((ear) => stage.on("broken", ear), [stage]),
    stage.broken,
  );
}
