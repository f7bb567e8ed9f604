/** Whether the window is as narrow as a telephone: tables then show fewer columns. The width is that of the style sheets. */
import { useSyncExternalStore } from "react";

const NARROW = "(max-width: 760px)";

export function useNarrow(): boolean {
  return useSyncExternalStore(watch, () => matchMedia(NARROW).matches);
}

function watch(ear: () => void): () => void {
  const media = matchMedia(NARROW);
  media.addEventListener("change", ear);
  return () => media.removeEventListener("change", ear);
}
