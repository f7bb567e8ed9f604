import { changeAnnotations, exportAnnotations, importAnnotations, listAnnotations } from "@nacre/api";
import { type Handled, handle } from "../serve/handle.ts";
import { annotationsOf, applyChanges } from "./change-annotations.ts";
import { takeIn } from "./import-annotations.ts";
import { slideFor } from "./slide-scope.ts";
import { toQuPath } from "./to-qupath.ts";

export const annotationRoutes: readonly Handled[] = [
  handle(listAnnotations, async ({ params, who, services }) => {
    const { key } = await slideFor(services, who, params.slide);
    return { rows: await annotationsOf(services.db, key) };
  }),
  handle(changeAnnotations, ({ params, body, who, services }) =>
    applyChanges(services, who, { slide: params.slide, changes: body.changes }),
  ),
  handle(exportAnnotations, async ({ params, who, services }) => {
    const { key, project } = await slideFor(services, who, params.slide);
    const annotations = await annotationsOf(services.db, key);
    await services.trail.note(who, {
      action: "annotations.exported",
      project,
      subject: key,
      details: { rows: annotations.length },
    });
    return {
      type: "application/geo+json",
      body: `${JSON.stringify(toQuPath(annotations))}\n`,
      saveAs: `${key}.geojson`,
    };
  }),
  handle(importAnnotations, ({ params, body, who, services }) =>
    takeIn(services, who, { slide: params.slide, geojson: body }),
  ),
];
