/** `nacre search`: what in a run looks like a slide, or a place on one. */
import type { Progress } from "@nacre/pipeline";
import type { OnOpening, RunSearch } from "@nacre/server";
import type { Command } from "commander";
import { action } from "../command.ts";
import { numberOption } from "../number-option.ts";
import { table } from "../text-table.ts";

interface Options {
  readonly like: string;
  readonly tile?: string;
  readonly region?: string;
  readonly neighbours: string;
  readonly otherSites?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command("search <run>")
    .description(
      "find what in a run looks like a slide or a tile, among other patients, and how far that lies from what the run holds",
    )
    .requiredOption("--like <slide>", "a slide of the run, as slides.csv names it")
    .option("--tile <x,y>", "a place on it, level-0 pixels: compares the tile there with all tiles")
    .option("--region <corners>", 'a region on it: three corners or more, level-0 pixels, such as "0,0 900,0 900,900"')
    .option("-k, --neighbours <n>", "how many", "20")
    .option("--other-sites", "only from other sites than the slide's");
  action(
    command,
    "nacre search nacre-demo --like site-a-001 --tile 1400,1700 -k 5",
    async ({ progress }, run: string, options: Options) => {
      const k = numberOption(options.neighbours, "-k", { least: 1, most: 200, whole: true });
      const where = await whereOf(options);
      const [{ unwrap }, { searchRun }] = await Promise.all([import("@nacre/core"), import("@nacre/server")]);
      const { like, otherSites = false } = options;
      const found = unwrap(await searchRun(run, { like, k, otherSites, onOpening: opening(progress), ...where }));
      progress.end();
      return { json: found, text: textOf(found) };
    },
  );
}

const TITLES = { reading: "reading features", indexing: "building the index" } as const;

/** The first search of a run takes as long as its features take to be read; of a large archive, a minute more. */
function opening(progress: Progress): OnOpening {
  let begun: string | null = null;
  return (phase, done, of) => {
    if (begun !== phase) progress.begin(TITLES[phase], of);
    begun = phase;
    progress.advance(done);
  };
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** @throws FailureError bad-usage */
async function whereOf({ tile, region }: Options): Promise<{ tile?: Place; region?: Place[] }> {
  const { raise } = await import("@nacre/core");
  if (tile !== undefined && region !== undefined)
    return raise("bad-usage", {
      expected: "a tile or a region",
      received: "both",
      remedy: "leave out --tile or --region",
    });
  const corners = (tile ?? region)?.trim().split(/\s+/) ?? [];
  const places = corners.flatMap((corner) => placeIn(corner) ?? []);
  const isWhole = places.length === corners.length;
  const [place] = places;
  if (tile !== undefined && !(isWhole && place !== undefined && places.length === 1))
    return raise("bad-usage", {
      expected: "--tile with two numbers, X,Y",
      received: tile,
      remedy: "give a place in level-0 pixels, such as 1400,1700",
    });
  if (region !== undefined && !(isWhole && places.length >= 3))
    return raise("bad-usage", {
      expected: "--region with three corners or more, X,Y each",
      received: region,
      remedy: 'give corners in level-0 pixels with spaces between them, such as "0,0 900,0 900,900"',
    });
  return region === undefined ? (place === undefined ? {} : { tile: place }) : { region: places };
}

function placeIn(text: string): Place | null {
  const [x = Number.NaN, y = Number.NaN, ...more] = text
    .split(",")
    .map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  return more.length === 0 && Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
}

function textOf({ rows, text, leftOut, compared, exact }: RunSearch): string {
  const areTiles = rows.some(({ x }) => x !== null);
  const lines = rows.map(({ slide, x, y, similarity, site, outcome }) => [
    similarity.toFixed(4),
    slide,
    ...(areTiles ? [`${x},${y}`] : []),
    site ?? "",
    outcome ?? "",
  ]);
  const header = ["cosine", "slide", ...(areTiles ? ["place"] : []), "site", "outcome"];
  const missing = leftOut === 0 ? "" : `\n${leftOut} feature files could not be read and were left out.`;
  const shown = rows.length === 0 ? "nothing to compare with" : table(header, lines);
  const vectors = `${compared} ${areTiles ? "tiles" : "slides"} were compared${exact ? ", all of them" : ""}.`;
  return `${shown}\n\n${vectors} ${text}${missing}\nResearch use only. Not a medical device.`;
}
