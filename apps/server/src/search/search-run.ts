/** "More like this" in a run folder, without a service: what the command line asks. */
import { join } from "node:path";
import { attempt, nearestName, type Outcome, type Point, raise, unwrap } from "@nacre/core";
import { OpenSearches } from "./find-alike.ts";
import { readMembers } from "./run-members.ts";
import type { AlikeAnswer, AlikeWork, OnOpening } from "./search-work.ts";

export interface SearchRunOptions {
  /** Id of a slide, or the name of its file. */
  readonly like: string;
  /** A place on it, level-0 pixels: the tile there in place of the whole slide. */
  readonly tile?: Point;
  /** Corners of a region on it, level-0 pixels: the mean of its tiles in place of the whole slide. */
  readonly region?: readonly Point[];
  readonly k: number;
  readonly otherSites: boolean;
  readonly onOpening?: OnOpening;
}

export interface FoundAlike {
  readonly slide: string;
  readonly site: string | null;
  readonly outcome: string | null;
  readonly x: number | null;
  readonly y: number | null;
  readonly size: number | null;
  readonly similarity: number;
}

export type RunSearch = Omit<AlikeAnswer, "rows"> & { readonly rows: readonly FoundAlike[] };

/** Failures: bad-value where the run has no such slide; those of the run's files and of the place asked for */
export async function searchRun(folder: string, options: SearchRunOptions): Promise<Outcome<RunSearch>> {
  return attempt(async () => {
    const { members } = unwrap(readMembers(folder));
    const { like, k, otherSites } = options;
    const slide = members.findIndex(({ id, path }) => id === like || path === like || path.endsWith(`/${like}`));
    if (slide < 0)
      return raise("bad-value", {
        expected: "a slide of the run that has features",
        received: `\`${like}\`, which is none of the ${members.length}`,
        remedy: nearestSlide(
          like,
          members.map(({ id }) => id),
        ),
      });
    const searches = new OpenSearches();
    const run = {
      members: members.map(({ id, features, patient, site }) => ({ name: id, features, patient, site })),
      folders: [join(folder, ".nacre", "search")],
    };
    const found = await searches
      .alike(
        { kind: "alike", run, like: likeOf(slide, options), k, otherPatients: true, otherSites },
        options.onOpening,
      )
      .finally(() => searches.close());
    const rows = found.rows.map(({ slide: at, ...row }): FoundAlike => {
      const { id = "", site = null, label = null } = members[at] ?? {};
      return { slide: id, site, outcome: label, ...row };
    });
    return { ...found, rows };
  });
}

function nearestSlide(like: string, ids: readonly string[]): string {
  const nearest = nearestName(like, ids);
  return nearest === null
    ? `name one as slides.csv does, such as ${ids[0]}`
    : `did you mean ${nearest}? Slides are named as in slides.csv`;
}

function likeOf(slide: number, { tile, region }: SearchRunOptions): AlikeWork["like"] {
  if (region !== undefined) return { kind: "region", slide, ring: region };
  return tile === undefined ? { kind: "slide", slide } : { kind: "tile", slide, ...tile };
}
