/** What the robustness of features means, in words. */
import type { FeatureRobustness } from "@nacre/evaluation";

/** One clause without a full stop. */
export function followsText({ follows, centre }: Pick<FeatureRobustness, "follows" | "centre">): string {
  if (follows === "label") return `patients lie together by label rather than by ${centre}`;
  if (follows === "centre")
    return `patients lie together by ${centre} rather than by label: a model may learn the ${centre}`;
  return `whether patients lie together by label or by ${centre} cannot be told`;
}
