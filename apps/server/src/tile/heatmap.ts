/**
 * What a run's model saw in a slide, tile by tile, on the one scale of the run: a slide without evidence must look like one. Attention is
 * told as a multiple of an even share, so that slides of many tiles compare with slides of few.
 */
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Heatmap, Person } from "@nacre/api";
import { z } from "zod";
import { slideFor } from "../annotation/slide-scope.ts";
import { slideInRun } from "../archive/slide-in-run.ts";
import { notFound, refuse } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { readTilesGeoJson, type SeenTiles } from "./read-tiles-geojson.ts";

/** @throws ApiRefusal not-found where the slide or run may not be seen, or the run drew nothing of it */
export async function heatmapOf(
  services: Services,
  who: Person,
  { slide, run }: { readonly slide: string; readonly run: string },
): Promise<Heatmap> {
  const { tiles, scales, isRunScale } = await seenTiles(services, who, { slide, run });
  const layers = [...tiles.values]
    .filter(([, values]) => values.length === tiles.x.length)
    .map(([name, values]) => layerOf(name as LayerName, values, { tiles, scales, isRunScale }));
  return { run, slide, tile: tiles.side, layers, x: [...tiles.x], y: [...tiles.y] };
}

type Layer = Heatmap["layers"][number];
type LayerName = Layer["name"];

interface Scales {
  readonly attention: number;
  readonly contribution: number;
}

function layerOf(
  name: LayerName,
  values: readonly number[],
  { tiles, scales, isRunScale }: { tiles: SeenTiles; scales: Scales; isRunScale: boolean },
): Layer {
  const whose = isRunScale ? "one scale for all slides of the run" : "the scale of this slide alone";
  if (name === "attention") {
    return {
      name,
      meaning: `times an even share of the slide's attention (${tiles.meaning.attention ?? "how it was found is not recorded"}); ${whose}. Attention is not causation.`,
      scale: [0, scales.attention],
      values: evenShares(values),
    };
  }
  return {
    name,
    meaning: `how far a tile pulled the answer up or down (${tiles.meaning.contribution ?? "how it was found is not recorded"}); ${whose}.`,
    scale: [-scales.contribution, scales.contribution],
    values: [...values],
  };
}

const evenShares = (attention: readonly number[]): number[] => attention.map((share) => share * attention.length);

export interface Seen {
  readonly tiles: SeenTiles;
  readonly scales: Scales;
  readonly isRunScale: boolean;
}

/** Tiles of a slide that a run drew. @throws ApiRefusal not-found */
export async function seenTiles(
  services: Services,
  who: Person,
  { slide, run }: { readonly slide: string; readonly run: string },
): Promise<Seen> {
  const { db, archive } = services;
  const row = await slideFor(services, who, slide);
  const ran = await db.selectFrom("run").select(["project", "folder"]).where("key", "=", run).executeTakeFirst();
  if (ran === undefined || ran.project !== row.project) return notFound("a run of the slide's project");
  const inside = (name: string): string => (ran.folder === "" ? name : `${ran.folder}/${name}`);
  const id = (await slideInRun(services, ran))(row);
  const file = id === null ? null : pathOrNull(() => archive.pathIn(ran.project, inside(`heatmaps/${id}.geojson`)));
  const tiles = file === null ? null : await remembered(file);
  if (tiles === null) {
    return refuse("not-found", {
      expected: "a heatmap of the slide in this run",
      received: "a run that drew none of it",
      remedy: "choose another run; a run draws the slides of its test and external parts",
    });
  }
  const card = pathOrNull(() => archive.pathIn(ran.project, inside("scorecard.json")));
  const said = card === null ? null : await scalesOf(card);
  return { tiles, scales: said ?? ownScales(tiles), isRunScale: said !== null };
}

function pathOrNull(path: () => string): string | null {
  try {
    return path();
  } catch {
    return null;
  }
}

const scalesSchema = z.looseObject({
  heatmapScales: z.looseObject({ attention: z.number().positive(), contribution: z.number().positive() }),
});

async function scalesOf(file: string): Promise<Scales | null> {
  const text = await readFile(file, "utf8").catch(() => "null");
  try {
    return scalesSchema.parse(JSON.parse(text)).heatmapScales;
  } catch {
    return null;
  }
}

/** The 99.5th percentile of what the slide shows, as a run settles its own. */
function ownScales({ values }: SeenTiles): Scales {
  const of = (all: readonly number[]): number => {
    const sorted = all.map(Math.abs).sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(0.995 * sorted.length))] || 1;
  };
  return {
    attention: of(evenShares(values.get("attention") ?? [])),
    contribution: of(values.get("contribution") ?? []),
  };
}

const MOST_REMEMBERED = 16;
const REMEMBERED = new Map<string, { readonly time: number; readonly tiles: Promise<SeenTiles | null> }>();

function remembered(file: string): Promise<SeenTiles | null> {
  const time = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const had = REMEMBERED.get(file);
  REMEMBERED.delete(file);
  const kept = had !== undefined && had.time === time ? had : { time, tiles: readTilesGeoJson(file) };
  REMEMBERED.set(file, kept);
  for (const [oldest] of REMEMBERED) {
    if (REMEMBERED.size <= MOST_REMEMBERED) break;
    REMEMBERED.delete(oldest);
  }
  return kept.tiles;
}
