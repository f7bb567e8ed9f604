/** Health, backups, and the folders that are served. */
import { listProjects, readBackup, readHealth, scanProject } from "@nacre/api";
import { callerOf } from "../auth/caller.ts";
import { seesIdentifiers } from "../case/case-scope.ts";
import { type Handled, handle } from "../serve/handle.ts";
import { refuse } from "../serve/refuse.ts";
import { dumpStore } from "../store/backup.ts";
import { checkHealth } from "./health.ts";
import { readProjects } from "./read-projects.ts";

export const serviceRoutes: readonly Handled[] = [
  handle(readHealth, async ({ request, services }) => {
    const health = await checkHealth(services);
    // A probe looks at the status alone.
    if (health.state === "failing")
      refuse("unavailable", {
        expected: "a service that works",
        received: `a database that ${health.checks[0]?.text ?? "does not answer"}`,
        remedy: "start the database, or look at its log; the service goes on by itself when it is back",
      });
    const { person } = callerOf(request);
    // A check names every folder that is served.
    const mayRead = person?.role === "admin" && person.projects === null;
    return mayRead ? health : { state: health.state, checks: [] };
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
