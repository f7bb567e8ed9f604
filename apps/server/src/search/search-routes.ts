/** Search: what looks alike in a run, and the map of its vectors. */
import { type Person, type RouteInput, type RouteReply, readMap, searchAlike } from "@nacre/api";
import { canonicalJson, groupBy } from "@nacre/core";
import { keyOf } from "../archive/key-of.ts";
import { seesIdentifiers } from "../case/case-scope.ts";
import { type Handled, handle } from "../serve/handle.ts";
import { notFound } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { runFor } from "../study/study-routes.ts";
import { columnsOf } from "./member-columns.ts";
import { type RunSlide, slidesOfRun } from "./run-slides.ts";
import { searchDesk } from "./search-desk.ts";
import type { MapWork } from "./search-work.ts";

export const searchRoutes: readonly Handled[] = [
  handle(searchAlike, async ({ who, body, services }) => {
    const run = await runFor(services, who, body.run);
    const { slides, searched, refuse } = await slidesOfRun(services, run);
    const like = likeOf(slides, body.like);
    if (like === null) return without(services, run, body.like.slide);
    const { k, otherPatients, otherSites } = body;
    const found = await searchDesk(services.db).ask({
      kind: "alike",
      run: searched,
      like,
      k,
      otherPatients,
      otherSites,
    });
    if (!found.ok) return refuse(found.failure);
    await services.trail.noteSeen(who, { action: "search.asked", project: run.project, subject: body.like.slide });
    const { rows, compared, exact, distance, isOutside, text } = found.value;
    const isHidden = await hiddenFrom(services, slides[like.slide] as RunSlide);
    const known = slides.map((slide) => (isHidden(slide) ? { ...slide, label: null } : slide));
    return {
      rows: rows.map(({ slide, ...row }) => ({ ...row, ...told(known[slide] as RunSlide, who) })),
      outcomes: outcomesOf(known, body, like.slide),
      compared,
      exact,
      distance,
      isOutside,
      synthetic: run.synthetic,
      text,
    };
  }),
  handle(readMap, async ({ who, params, query, services, signal }) => {
    const run = await runFor(services, who, params.run);
    return mapOf(services, who, run, { ...query, signal });
  }),
];

type Run = Awaited<ReturnType<typeof runFor>>;

async function mapOf(
  services: Services,
  who: Person,
  run: Run,
  { unit, points, wait, signal }: RouteInput<typeof readMap>["query"] & { readonly signal: AbortSignal },
): Promise<RouteReply<typeof readMap>> {
  const { slides, searched, refuse } = await slidesOfRun(services, run);
  const columns = columnsOf(slides);
  const kept = `${services.config.data}/search/${run.key}`;
  const drawn = await searchDesk(services.db).maps.ask(
    // Whoever asks for another list of slides or labels gets another drawing.
    keyOf("map", run.key, unit, String(points), canonicalJson([searched.members, columns])),
    { kind: "map", run: searched, unit, points, columns, kept },
    { ms: 1000 * wait, signal },
  );
  if ("phase" in drawn) return { ...empty(run, unit), progress: drawn };
  if (!drawn.ok) return refuse(drawn.failure);
  const { of, method, x, y, slide, tileX, tileY, tileSize, separation } = drawn.value;
  return {
    run: run.key,
    synthetic: run.synthetic,
    unit,
    progress: null,
    of,
    method,
    x: [...x],
    y: [...y],
    slides: slides.map((one) => ({ key: one.key, name: nameOf(one, who) })),
    slide: [...slide],
    tileX: [...tileX],
    tileY: [...tileY],
    tileSize,
    columns: columns.map(({ name, names, values }) => ({
      name,
      names: [...names],
      values: slide.map((member) => values[member] ?? -1),
    })),
    separation: [...separation],
  };
}

/** What is told while a map is drawn. */
function empty(run: Run, unit: MapWork["unit"]) {
  const none = { x: [], y: [], slides: [], slide: [], tileX: [], tileY: [], columns: [], separation: [] };
  return { run: run.key, synthetic: run.synthetic, unit, of: 0, method: "", tileSize: null, ...none };
}

/** The answer about a slide of the project that the run left out: a viewer asks it of every slide. @throws ApiRefusal not-found */
async function without({ db }: Services, run: Run, slide: string): Promise<RouteReply<typeof searchAlike>> {
  const row = await db
    .selectFrom("slide")
    .select("key")
    .where("key", "=", slide)
    .where("project", "=", run.project)
    .executeTakeFirst();
  if (row === undefined) return notFound("a slide of the project");
  const text = "The run has no features of this slide, so there is nothing to compare it by.";
  const nothing = { rows: [], compared: 0, exact: true, distance: null, isOutside: false, lacksFeatures: true };
  return { ...nothing, synthetic: run.synthetic, text };
}

/** null where the run has no features of the slide. */
function likeOf(slides: readonly RunSlide[], like: RouteInput<typeof searchAlike>["body"]["like"]) {
  const slide = slides.findIndex(({ key }) => key === like.slide);
  if (slide < 0) return null;
  if (like.kind === "region") return { kind: like.kind, slide, ring: like.ring.map(([x, y]) => ({ x, y })) };
  return { ...like, slide };
}

/** Who reads a case must not learn its answer from its own other slides: it is told when the case was signed once. */
async function hiddenFrom({ db }: Services, asked: RunSlide): Promise<(slide: RunSlide) => boolean> {
  const signed = await db
    .selectFrom("signed_report")
    .select("number")
    .where("case_key", "=", asked.case ?? "")
    .executeTakeFirst();
  if (signed !== undefined) return () => false;
  return (slide) =>
    slide.key === asked.key ||
    (asked.case !== null && slide.case === asked.case) ||
    (asked.patient !== null && slide.patient === asked.patient);
}

/** Outcomes of the slides that could be a neighbour of one, under the filters of a question. */
function outcomesOf(
  slides: readonly RunSlide[],
  { otherPatients, otherSites }: Pick<RouteInput<typeof searchAlike>["body"], "otherPatients" | "otherSites">,
  asked: number,
): { readonly outcome: string | null; readonly count: number }[] {
  const own = slides[asked] as RunSlide;
  const compared = slides.filter(
    (slide) =>
      slide !== own &&
      !(otherPatients && slide.patient !== null && slide.patient === own.patient) &&
      (!otherSites || (own.site !== null && slide.site !== null && slide.site !== own.site)),
  );
  return [...groupBy(compared, ({ label }) => label)]
    .map(([outcome, same]) => ({ outcome, count: same.length }))
    .sort((a, b) => Number(a.outcome === null) - Number(b.outcome === null) || b.count - a.count);
}

function told(slide: RunSlide, who: Person) {
  const { key, site, label } = slide;
  return { slide: key, name: nameOf(slide, who), case: slide.case, site, outcome: label };
}

function nameOf({ key, name }: RunSlide, who: Person): string {
  return seesIdentifiers(who) ? name : `slide ${key.slice(0, 6)}`;
}
