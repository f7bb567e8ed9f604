/** What is known of a slide: the archive's row and what its file says. What is learnt by opening it is kept in the row. */
import type { Person, SlideFacts } from "@nacre/api";
import { isSynthetic, type SlideInfo } from "@nacre/imaging";
import { slideFor } from "../annotation/slide-scope.ts";
import { type SlideRecord, slideRowOf } from "../case/slide-rows.ts";
import { refuse } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { servedLevels } from "./served-level.ts";
import { refuseSlide, tellable } from "./slide-place.ts";

/** @throws ApiRefusal not-found; unusable with the reason where the file cannot be read */
export async function readSlideFacts(services: Services, who: Person, key: string): Promise<SlideFacts> {
  const row = await slideFor(services, who, key);
  await services.trail.noteSeen(who, { action: "slide.seen", project: row.project, subject: key });
  if (row.failure?.kind === "missing-file") return refuse("unusable", row.failure);
  const file = services.archive.pathIn(row.project, row.path);
  const [info, version] = await Promise.all([services.slides.info(file), services.slides.version(file)]);
  if (!info.ok) {
    if (info.failure.kind !== "cancelled")
      await learn(services, row, { state: "failed", failure: tellable(info.failure, file) });
    return refuseSlide(info.failure, file);
  }
  const synthetic = row.synthetic || isSynthetic(info.value);
  const state = row.state === "unread" ? "ready" : row.state;
  const known = await learn(services, row, { state, failure: row.failure, synthetic });
  return { ...slideRowOf(known, who), ...factsOf(info.value), version: version ?? "0" };
}

/** Writes what the file told, where it is new. */
async function learn(
  { db }: Services,
  row: SlideRecord,
  {
    state,
    failure,
    synthetic = row.synthetic,
  }: Pick<SlideRecord, "state" | "failure"> & { readonly synthetic?: boolean },
): Promise<SlideRecord> {
  if (state === row.state && synthetic === row.synthetic) return row;
  const told = failure === null ? null : JSON.stringify(failure);
  await db.updateTable("slide").set({ state, synthetic, failure: told }).where("key", "=", row.key).execute();
  return { ...row, state, synthetic, failure };
}

function factsOf(info: SlideInfo): Omit<SlideFacts, keyof ReturnType<typeof slideRowOf> | "version"> {
  const { format, vendor, width, height, mpp, objective, planes, associated = [], warnings } = info;
  return {
    format,
    vendor,
    width,
    height,
    levels: servedLevels(info).map(({ stored: _, ...level }) => level),
    mpp,
    objective,
    channels: [...(planes?.channels ?? [])],
    focalPlanes: planes?.focalPlanes ?? 1,
    times: planes?.times ?? 1,
    associated: associated.map(({ name }) => name),
    warnings: [...warnings],
  };
}
