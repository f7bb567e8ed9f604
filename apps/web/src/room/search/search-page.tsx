/** Search: what in the archive looks like a slide, a tile or a region. Neighbours are evidence; the page never says a diagnosis. */
import "../study/study.css";
import "./search.css";
import { listRuns, readSlide, searchAlike } from "@nacre/api";
import { type ReactNode, useMemo } from "react";
import { Link, useSearchParams } from "wouter";
import { slidePath } from "../address.ts";
import { useCall } from "../client/use-call.ts";
import { useProjects } from "../shell/project.tsx";
import { runTitles } from "../shell/run-titles.ts";
import { useMay } from "../shell/session.tsx";
import { isLive } from "../study/words.ts";
import { CheckField, Empty, Failure, failureIn, Notice, SelectField, Skeleton } from "../ui/index.ts";
import { Alike } from "./alike.tsx";
import { QueryPicture } from "./query-picture.tsx";
import { boundsOf, likeOf } from "./read-query.ts";
import { SlideChoice } from "./slide-choice.tsx";

const COUNTS = [10, 20, 50, 100];
const USUAL = 20;

export function SearchPage(): ReactNode {
  const { current } = useProjects();
  const mayRead = useMay("reader");
  const [params, setParams] = useSearchParams();
  const project = current === null ? {} : { project: current.key };
  const { data: runs } = useCall(listRuns, { query: project });
  const like = useMemo(() => likeOf(params), [params]);
  const { data: slide } = useCall(readSlide, like === null ? null : { params: { slide: like.slide } });
  const usable = useMemo(
    () =>
      runs?.rows.filter(
        // A run under way has no table yet of which slides its features are.
        (own) => own.slides.ready > 0 && !isLive(own.state) && (slide === undefined || own.project === slide.project),
      ) ?? [],
    [runs, slide],
  );
  const titles = useMemo(() => runTitles(usable), [usable]);
  const named = params.get("run");
  const isElsewhere = runs?.rows.some(({ key, project: own }) => key === named && slide && own !== slide.project);
  // Of a slide that is not known yet it is not known either which runs hold it.
  const usual = like !== null && slide === undefined ? null : (usable[0]?.key ?? null);
  const run = named === null || isElsewhere ? usual : named;
  const k = COUNTS.find((count) => String(count) === params.get("k")) ?? USUAL;
  const otherPatients = params.get("same") !== "1";
  const otherSites = params.get("sites") === "1";
  const ask = like === null || run === null || !mayRead ? null : { body: { run, like, k, otherPatients, otherSites } };
  const found = useCall(searchAlike, ask, { keepsFormer: true, freshMs: 60_000 });
  const set = (change: Record<string, string | null>): void =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        for (const [name, value] of Object.entries(change))
          if (value === null) next.delete(name);
          else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  if (!mayRead)
    return (
      <Empty title="Search">
        <p>Finding slides that look alike needs the role of a reader. Whoever keeps this service grants it.</p>
      </Empty>
    );
  return (
    <div className="page stack search-page">
      <div>
        <h1>Search</h1>
        <p className="soft">
          Slides and tiles that look alike to the encoder. A neighbour is something to look at beside yours; it is never
          a diagnosis, and what became of its case says nothing certain about this one.
        </p>
      </div>
      <div className="card row search-query">
        {like === null || slide === undefined ? null : (
          <div className="query">
            <QueryPicture slide={like.slide} bounds={boundsOf(like)} />
            <div>
              <div className="small soft">More like this {like.kind}</div>
              <Link href={slidePath(like.slide, placeOf(like))}>{slide.name}</Link>
            </div>
          </div>
        )}
        <SlideChoice
          name={like === null ? "" : (slide?.name ?? "")}
          onChoose={(key) => set({ slide: key, x: null, y: null, ring: null })}
        />
        {usable.length === 0 ? null : (
          <SelectField
            title="Features of run"
            choices={usable.map(({ key, encoder }) => ({
              value: key,
              title: `${titles.get(key)} (${encoder ?? "features"})`,
            }))}
            value={run ?? ""}
            onChange={(event) => set({ run: event.target.value })}
          />
        )}
        <SelectField
          title="Show"
          choices={COUNTS.map((count) => ({ value: String(count), title: `${count} nearest` }))}
          value={String(k)}
          onChange={(event) => set({ k: event.target.value })}
        />
        <div>
          <CheckField
            title="Other patients only"
            checked={otherPatients}
            onChange={(event) => set({ same: event.target.checked ? null : "1" })}
          />
          <br />
          <CheckField
            title="Other sites only"
            checked={otherSites}
            onChange={(event) => set({ sites: event.target.checked ? "1" : null })}
          />
        </div>
      </div>
      {runs !== undefined && usable.length === 0 ? (
        <Notice>
          {slide === undefined
            ? "No study has features yet"
            : `No study of the folder of ${slide.name} has features yet`}
          . Search compares the features that a study has made: <Link href="/runs">begin one under Studies</Link>.
        </Notice>
      ) : like === null ? (
        <Empty title="More like what?">
          <p>
            Choose a slide above, or “more like this” beside a tile of a case, or a region that you have drawn in the
            viewer.
          </p>
        </Empty>
      ) : found.error !== null ? (
        <Failure failure={failureIn(found.error)} title="Not found" retry={() => void found.refetch()} />
      ) : found.data === undefined || run === null ? (
        <>
          <p className="soft">Comparing. The first search in a run reads all its features, which may take a while.</p>
          <Skeleton lines={8} label="Looking for what is alike" />
        </>
      ) : (
        <Alike found={found.data} run={run} kind={like.kind} hasSites={!otherSites} />
      )}
    </div>
  );
}

function placeOf(like: NonNullable<ReturnType<typeof likeOf>>) {
  const bounds = boundsOf(like);
  return bounds === null ? undefined : { x: bounds.x, y: bounds.y, w: bounds.width };
}
