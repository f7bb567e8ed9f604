/** Slides of a case, as a list shows them. */
import type { Person, SlideRow } from "@nacre/api";
import type { Kysely, Selectable } from "kysely";
import type { Tables } from "../store/tables.ts";
import { seesIdentifiers } from "./case-scope.ts";

export type SlideRecord = Selectable<Tables["slide"]>;

export async function slidesOfCase(db: Kysely<Tables>, key: string): Promise<SlideRecord[]> {
  return await db.selectFrom("slide").selectAll().where("case_key", "=", key).orderBy("name").orderBy("key").execute();
}

export function slideRowOf(slide: SlideRecord, who: Person): SlideRow {
  const { key, project, site, stain, scanner, state, failure, quality, synthetic } = slide;
  return {
    key,
    project,
    case: slide.case_key,
    name: seesIdentifiers(who) ? slide.name : `slide ${key.slice(0, 6)}`,
    site,
    stain,
    scanner,
    state,
    failure,
    quality,
    synthetic,
  };
}
