/** Tables that people bring. Listing and scanning projects stand with the service's own routes. */
import { importCases } from "@nacre/api";
import { type Handled, handle } from "../serve/handle.ts";
import { bringTable } from "./import-cases.ts";

export const archiveRoutes: readonly Handled[] = [
  handle(importCases, async ({ who, params, body, services }) => {
    const project = services.archive.project(who, params.project);
    await services.trail.note(who, { action: "cases.imported", project: project.key });
    return bringTable(services, project, body.csv);
  }),
];
