/** A run's GeoJSON of tiles: places and what a model saw there. Ours has one feature a line, so that 100,000 tiles never hold up the service; any other is read whole. */
import { readFile } from "node:fs/promises";
import { setImmediate as breathe } from "node:timers/promises";
import { z } from "zod";

export interface SeenTiles {
  /** Side in level-0 pixels. */
  readonly side: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** By name, one number a tile. */
  readonly values: ReadonlyMap<string, readonly number[]>;
  /** What the values are, in the file's own words. */
  readonly meaning: Readonly<Record<string, string>>;
}

const NAMES = ["attention", "contribution"] as const;
const featureSchema = z.looseObject({
  geometry: z.looseObject({ coordinates: z.array(z.array(z.tuple([z.number(), z.number()])).min(3)).min(1) }),
  properties: z.looseObject({ attention: z.number().optional(), contribution: z.number().optional() }),
});
const meaningSchema = z.record(z.string(), z.string()).catch({});

/** Features between two breaths. */
const BATCH = 4000;

/** @returns null where there is no file, or it holds no tiles */
export async function readTilesGeoJson(file: string): Promise<SeenTiles | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  const tiles = { x: [] as number[], y: [] as number[], side: 0 };
  const values = new Map<string, number[]>();
  let meaning: Record<string, string> = {};
  let n = 0;
  for (const { feature, said } of featuresOf(text)) {
    if (said !== undefined) meaning = meaningSchema.parse(said);
    const read = featureSchema.safeParse(feature);
    if (!read.success) continue;
    addTile(tiles, values, read.data);
    if (++n % BATCH === 0) await breathe();
  }
  return tiles.x.length === 0 ? null : { ...tiles, values, meaning };
}

function addTile(
  tiles: { x: number[]; y: number[]; side: number },
  values: Map<string, number[]>,
  { geometry, properties }: z.infer<typeof featureSchema>,
): void {
  const ring = geometry.coordinates[0] as [number, number][];
  const xs = ring.map(([x]) => x);
  const left = Math.min(...xs);
  tiles.x.push(left);
  tiles.y.push(Math.min(...ring.map(([, y]) => y)));
  tiles.side = Math.max(...xs) - left;
  for (const name of NAMES) {
    const value = properties[name];
    if (value === undefined) continue;
    const had = values.get(name);
    if (had === undefined) values.set(name, [value]);
    else had.push(value);
  }
}

function* featuresOf(text: string): Generator<{ feature?: unknown; said?: unknown }> {
  const start = text.indexOf("\n");
  const head = text.slice(0, start);
  if (start < 0 || !head.endsWith('"features":[')) {
    const whole = parsed(text) as { features?: unknown[]; meaning?: unknown } | null;
    yield { said: whole?.meaning };
    for (const feature of whole?.features ?? []) yield { feature };
    return;
  }
  yield { said: (parsed(`${head}]}`) as { meaning?: unknown } | null)?.meaning };
  for (let at = start + 1; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    if (line.startsWith("{")) yield { feature: parsed(line.endsWith(",") ? line.slice(0, -1) : line) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
