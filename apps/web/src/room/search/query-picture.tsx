/** A slide, or a rectangle of it, as a small picture from the service. Frame: level-0 pixels. */
import { readRegion, readThumbnail } from "@nacre/api";
import type { ReactNode } from "react";
import { addressOf } from "../client/call.ts";

export interface QueryPictureProps {
  readonly slide: string;
  /** Null: the whole slide. */
  readonly bounds: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
  /** Longest side in pixels. */
  readonly size?: number;
  /** Said where the picture is all there is. */
  readonly label?: string;
}

export function QueryPicture({ slide, bounds, size = 224, label = "" }: QueryPictureProps): ReactNode {
  const params = { slide };
  const address =
    bounds === null
      ? addressOf(readThumbnail, { params, query: { size } })
      : addressOf(readRegion, { params, query: { ...bounds, size } });
  return <img className="query-picture" src={address} alt={label} loading="lazy" decoding="async" />;
}
