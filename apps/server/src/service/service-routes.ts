/** Health, backups, and the folders that are served. */
import { listProjects, readBackup, readHealth, scanProject } from "@nacre/api";
import { callerOf } from "../auth/caller.ts";
import { seesIdentifiers } from "../case/case-scope.ts";
import { type Handled, handle } from "../serve/handle.ts";
import { dumpStore } from "../store/backup.ts";
import { checkHealth } from "./health.ts";
import { readProjects } from "./read-projects.ts";

export const serviceRoutes: readonly Handled[] = [
  handle(readHealth, async ({ request, services }) => {
    const health = await checkHealth(services);
    return callerOf(request).person?.role === "admin" ? health : { state: health.state, checks: [] };
  }),
  handle(readBackup, async ({ who, services: { store, trail } }) => {
    await trail.note(who, { action: "backup.made" });
    return { type: "application/gzip", body: await dumpStore(store), saveAs: "nacre-backup.tar.gz" };
  }),
  handle(listProjects, async ({ who, services }) => ({ rows: await readProjects(services, who) })),
  handle(scanProject, async ({ who, params, services: { archive, trail } }) => {
    const { key } = archive.project(who, params.project);
    await trail.note(who, { action: "project.scanned", project: key });
    const counts = await archive.scan(key);
    return seesIdentifiers(who) ? { ...counts, left: [...counts.left] } : { ...counts, left: [] };
  }),
];
