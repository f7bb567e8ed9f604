/** A slide, small. Asked for when it comes into view; a slide that cannot be shown leaves its frame and says so. */
import { readThumbnail } from "@nacre/api";
import { type ReactNode, useState } from "react";
import { addressOf } from "../client/call.ts";

export interface ThumbnailProps {
  readonly slide: string | null | undefined;
  /** Longest side in pixels of the picture that is asked for. */
  readonly size?: number;
  /** What it shows; empty where the words beside it say so. */
  readonly label?: string;
}

export function Thumbnail({ slide, size = 96, label = "" }: ThumbnailProps): ReactNode {
  const [failed, setFailed] = useState<string | null>(null);
  if (!slide || failed === slide)
    return (
      <span className="thumbnail none" title={slide ? "The picture could not be made" : "No slide can be shown"}>
        –
      </span>
    );
  return (
    <img
      className="thumbnail"
      src={addressOf(readThumbnail, { params: { slide }, query: { size } })}
      alt={label}
      loading="lazy"
      decoding="async"
      onError={() => setFailed(slide)}
    />
  );
}
