/** Where the file of a slide lies, for whom it may be shown. Remembered: a view asks for dozens of tiles, and a key never means another place. */
import type { Person } from "@nacre/api";
import type { Failure } from "@nacre/core";
import { slideFor } from "../annotation/slide-scope.ts";
import { withoutPaths } from "../archive/read-run.ts";
import { notFound, refuse, refuseFailure } from "../serve/refuse.ts";
import type { Services } from "../services.ts";

interface Place {
  readonly project: string;
  /** Inside the project's folder. */
  readonly path: string;
  /** Where it really lies, and until when that is taken as it is. */
  real: string;
  until: number;
}

/** A view asks for dozens of tiles at once: links are not followed anew for each. */
const FRESH_MS = 1000;

const MOST = 100_000;
const KNOWN = new WeakMap<object, Map<string, Place>>();

/** The absolute path of a slide's file. @throws ApiRefusal not-found; unusable where the file is gone */
export async function slideFile(services: Services, who: Person, key: string): Promise<string> {
  return realFile(services, await placeOf(services, who, key));
}

function realFile({ archive }: Services, place: Place): string {
  const now = performance.now();
  if (place.until > now) return place.real;
  place.real = archive.pathIn(place.project, place.path);
  place.until = now + FRESH_MS;
  return place.real;
}

/** The same, and notes that somebody looks: whatever shows the slide itself, by whatever road. @throws ApiRefusal as slideFile */
export async function seenFile(services: Services, who: Person, key: string): Promise<string> {
  const place = await placeOf(services, who, key);
  await services.trail.noteSeen(who, { action: "slide.seen", project: place.project, subject: key });
  return realFile(services, place);
}

async function placeOf(services: Services, who: Person, key: string): Promise<Place> {
  const { archive, db } = services;
  let known = KNOWN.get(db);
  if (known === undefined) {
    known = new Map();
    KNOWN.set(db, known);
  }
  const had = known.get(key);
  if (had !== undefined) return archive.seenBy(who).some((p) => p.key === had.project) ? had : notFound("a slide");
  const { project, path, failure } = await slideFor(services, who, key);
  if (failure?.kind === "missing-file") return refuse("unusable", failure);
  if (known.size >= MOST) known.clear();
  const place = { project, path, real: "", until: 0 };
  known.set(key, place);
  return place;
}

/** A failure of a slide, without the places and names of files. @throws ApiRefusal */
export function refuseSlide(failure: Failure, file: string): never {
  const told = tellable(failure, file);
  if (failure.kind === "out-of-bounds") return refuse("not-found", told);
  if (failure.kind === "cancelled") return refuse("unavailable", told);
  return refuseFailure(told);
}

/** The same failure in words that name no file. */
export function tellable(failure: Failure, file: string): Failure {
  const cut = withoutPaths(failure, file.slice(0, file.lastIndexOf("/")));
  const name = file.slice(file.lastIndexOf("/") + 1);
  const hide = (text: string): string => text.replaceAll(name, "the slide");
  return { ...cut, expected: hide(cut.expected), received: hide(cut.received), remedy: hide(cut.remedy) };
}
