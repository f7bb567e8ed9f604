/**
 * Features of a run in storage for objects, laid out as in the run's folder: `<run>/features/<slide>.h5` and its step records.
 * The record is put last and holds the hash of the features: whoever finds a record finds whole features that agree with it, or makes them anew.
 */

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readS3Place, type S3Client, s3Client, s3FromEnvironment } from "./s3-client.ts";

export type FeatureStore = S3Client;

/** @param place s3://bucket/prefix. @throws FailureError bad-usage */
export function openFeatureStore(place: string, env: Readonly<Record<string, string | undefined>>): FeatureStore {
  return s3Client(readS3Place(place), s3FromEnvironment(env));
}

export interface StoredSlide {
  /** Key of the run. */
  readonly run: string;
  readonly slide: string;
  /** A run folder of this machine. */
  readonly out: string;
  readonly signal?: AbortSignal;
}

/** What a slide leaves in a run's folder: the record of the features last. */
function filesOf(slide: string): readonly string[] {
  return [`features/${slide}.h5`, `.nacre/steps/quality-${slide}.json`, `.nacre/steps/extract-${slide}.json`];
}

/** Puts what was made of a slide. @throws FailureError as the store says */
export async function putSlide(store: FeatureStore, { run, slide, out, signal }: StoredSlide): Promise<void> {
  for (const file of filesOf(slide)) {
    const path = join(out, file);
    if (existsSync(path)) await store.put(`${run}/${file}`, readFileSync(path), signal);
  }
}

/** Brings a slide into a run's folder, where the store has it. @returns whether it has */
export async function takeSlide(store: FeatureStore, { run, slide, out, signal }: StoredSlide): Promise<boolean> {
  const files = [...filesOf(slide)];
  const record = files.at(-1) as string;
  // No record: nothing that is there can be trusted.
  const known = await store.read(`${run}/${record}`, signal);
  if (known === null) return false;
  for (const file of files.slice(0, -1)) {
    const bytes = await store.read(`${run}/${file}`, signal);
    if (bytes !== null) place(join(out, file), bytes);
  }
  place(join(out, record), known);
  return true;
}

function place(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const aside = `${path}.${randomBytes(6).toString("hex")}.partial`;
  writeFileSync(aside, bytes, { flush: true });
  renameSync(aside, path);
}
