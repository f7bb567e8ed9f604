/** Slides for viewers that are not ours. Looking is noted with whatever shows pixels. */
import { readDeepZoom, readDeepZoomTile, readIiifImage, readIiifInfo } from "@nacre/api";
import type { FastifyRequest } from "fastify";
import { type Handled, handle } from "../serve/handle.ts";
import type { Services } from "../services.ts";
import { deepZoomReply, deepZoomTile } from "./deep-zoom.ts";
import { iiifImage, iiifInfo } from "./iiif.ts";

export const otherViewerRoutes: readonly Handled[] = [
  handle(readDeepZoom, async ({ who, params: { slide }, services, signal }) => {
    return deepZoomReply({ services, who, slide, signal });
  }),
  handle(readDeepZoomTile, async ({ who, params: { slide, ...tile }, services, signal }) =>
    deepZoomTile({ services, who, slide, signal }, tile),
  ),
  handle(readIiifInfo, async ({ who, params: { slide }, services, signal, request }) => {
    return iiifInfo({ services, who, slide, signal }, baseOf(services, request));
  }),
  handle(readIiifImage, async ({ who, params: { slide, ...wanted }, services, signal }) =>
    iiifImage({ services, who, slide, signal }, wanted),
  ),
];

/** The address people use. The host was checked before the handler ran. */
function baseOf({ config }: Services, request: FastifyRequest): string {
  return (config.publicUrl ?? `${request.protocol}://${request.host}`).replace(/\/+$/, "");
}
