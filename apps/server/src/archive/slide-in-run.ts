/** What a run calls a slide of its project. Names count from one in every study: the same name in another run may be another patient's slide. */
import { join } from "node:path";
import { slideIdOf } from "@nacre/core";
import { readStudy } from "@nacre/pipeline";
import type { Services } from "../services.ts";
import { insideOf, realInside } from "./inside.ts";

/** A slide as its row has it: its name, and its place inside the project, with `/`. */
export interface PlacedSlide {
  readonly name: string;
  readonly path: string;
}

/**
 * @returns the slide's id in the tables and files of the run; null where it is none of the run's slides. Where features were brought and the
 * run knows no slides, a name that only one slide of the project has is taken for it
 */
export async function slideInRun(
  { archive, db }: Pick<Services, "archive" | "db">,
  run: { readonly project: string; readonly folder: string },
): Promise<(slide: PlacedSlide) => string | null> {
  const root = archive.pathIn(run.project, "");
  const study = readStudy(join(root, run.folder, "study.yaml"));
  const slides = study.ok ? study.value.slides : undefined;
  const real = slides === undefined ? null : realInside(root, slides);
  const inside = real === null ? null : insideOf(root, real);
  if (inside !== null) {
    const below = inside === "" ? "" : `${inside}/`;
    return ({ path }) => (path.startsWith(below) ? slideIdOf(path.slice(below.length)) : null);
  }
  const own = `${run.folder === "" ? "" : `${run.folder}/`}.nacre/outside/`;
  const rows = await db.selectFrom("slide").select(["name", "path"]).where("project", "=", run.project).execute();
  const count = new Map<string, number>();
  for (const { name, path } of rows) if (!path.startsWith(own)) count.set(name, (count.get(name) ?? 0) + 1);
  return ({ name, path }) => (path.startsWith(own) || count.get(name) === 1 ? name : null);
}
