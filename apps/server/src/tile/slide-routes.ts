/** Slides over HTTP: lists, facts, pictures, what models saw. Looking at a slide is noted by whatever shows it, once in ten minutes and not with each tile. */
import {
  listSlides,
  readAssociated,
  readHeatmap,
  readRegion,
  readSlide,
  readThumbnail,
  readTile,
  regionStatistics,
} from "@nacre/api";
import { slideFor } from "../annotation/slide-scope.ts";
import { type Handled, handle } from "../serve/handle.ts";
import { refuse } from "../serve/refuse.ts";
import { heatmapOf } from "./heatmap.ts";
import { slidesPage } from "./list-slides.ts";
import { readSlideFacts } from "./read-slide.ts";
import { regionReply, thumbnailReply, tileReply } from "./slide-pictures.ts";
import { statisticsOf } from "./statistics.ts";

export const slideRoutes: readonly Handled[] = [
  handle(listSlides, async ({ who, query, services }) => slidesPage(services, who, query)),
  handle(readSlide, async ({ who, params, services }) => readSlideFacts(services, who, params.slide)),
  handle(readTile, async ({ who, params: { slide, ...request }, query, services, signal }) =>
    tileReply({ services, who, slide, signal }, request, query),
  ),
  handle(readThumbnail, async ({ who, params: { slide }, query, services, signal }) =>
    thumbnailReply({ services, who, slide, signal }, query.size),
  ),
  handle(readRegion, async ({ who, params: { slide }, query, services, signal }) =>
    regionReply({ services, who, slide, signal }, query),
  ),
  handle(readAssociated, async ({ who, params: { slide, name }, services }) => {
    await slideFor(services, who, slide);
    return refuse("not-found", {
      expected: `the ${name} picture of the slide`,
      received: "a picture that this version does not read: labels and macros show who the patient is",
      remedy: "use the thumbnail, which is made of the slide's own pixels",
    });
  }),
  handle(readHeatmap, async ({ who, params, services }) => heatmapOf(services, who, params)),
  handle(regionStatistics, async ({ who, params: { slide }, query, services }) =>
    statisticsOf({ services, who, slide }, query),
  ),
];
