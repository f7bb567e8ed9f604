/** Storage for objects: signed so that a reader of its own agrees, whole, and brought back as it was. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFailureError } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFeatureStore, putSlide, takeSlide } from "../../src/job/feature-store.ts";
import { readS3Place } from "../../src/job/s3-client.ts";
import { KEY, type S3Like, startS3Like } from "./s3-like.ts";

let s3: S3Like;
let folder: string;
beforeAll(async () => {
  s3 = await startS3Like();
  folder = mkdtempSync(join(tmpdir(), "nacre-store-"));
});
afterAll(() => {
  s3?.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = (secret = KEY.secretAccessKey) =>
  openFeatureStore("s3://archive/features of 2026", {
    AWS_ACCESS_KEY_ID: KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_ENDPOINT_URL: s3.url,
    AWS_REGION: "eu-central-1",
  });

const SLIDE = "case 1+ä (a)";

function slideIn(out: string): void {
  mkdirSync(join(out, "features"), { recursive: true });
  mkdirSync(join(out, ".nacre", "steps"), { recursive: true });
  writeFileSync(join(out, "features", `${SLIDE}.h5`), Buffer.from([1, 2, 3]));
  writeFileSync(join(out, ".nacre", "steps", `quality-${SLIDE}.json`), "{}");
  writeFileSync(join(out, ".nacre", "steps", `extract-${SLIDE}.json`), '{"key":"k"}');
}

describe("features in storage for objects", () => {
  it("come back as they were put, names and all, though the storage was busy", async () => {
    const from = join(folder, "from");
    const to = join(folder, "to");
    slideIn(from);
    s3.fail(2);
    await putSlide(open(), { run: "r", slide: SLIDE, out: from });
    // The record is the last that is put.
    expect([...s3.objects.keys()].at(-1)).toBe(`/archive/features of 2026/r/.nacre/steps/extract-${SLIDE}.json`);
    expect(await takeSlide(open(), { run: "r", slide: SLIDE, out: to })).toBe(true);
    for (const file of [`features/${SLIDE}.h5`, `.nacre/steps/extract-${SLIDE}.json`])
      expect(readFileSync(join(to, file))).toEqual(readFileSync(join(from, file)));
  });

  it("are not there where their record is not, whatever else is", async () => {
    const to = join(folder, "half");
    s3.objects.set("/archive/features of 2026/r/features/half.h5", Buffer.from("half"));
    expect(await takeSlide(open(), { run: "r", slide: "half", out: to })).toBe(false);
    expect(existsSync(to)).toBe(false);
  });

  it("are refused to whoever signs with another key", async () => {
    const asked = open("wrong").read("r/x");
    await expect(asked).rejects.toSatisfy((error) => isFailureError(error, "no-permission"));
  });

  it("stand at a place that says what it is", () => {
    expect(readS3Place("s3://bucket/a/b/")).toEqual({ bucket: "bucket", prefix: "a/b" });
    for (const wrong of ["bucket/a", "s3://", "https://x/y", "s3://B_/x"]) expect(() => readS3Place(wrong)).toThrow();
  });
});
