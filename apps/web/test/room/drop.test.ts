/**
 * The drop zone in a browser: a slide and a model from the disk, an answer that is Node's, and a log of requests that proves that
 * nothing of them was sent.
 */
import { writeFileSync } from "node:fs";
import { type Bag, mpp, randomStream, unwrap } from "@nacre/core";
import { openTexture, TEXTURE_DIM } from "@nacre/features";
import { openSession } from "@nacre/graph/node";
import { findTissue, layTiles, type Raster } from "@nacre/imaging";
import { openSlideFile, writeSyntheticSlide } from "@nacre/imaging/node";
import { bagsInMemory, fit, predict } from "@nacre/models";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attentionLayer, evidenceLayer } from "../../src/room/drop/layers.ts";
import { inventedTable, place } from "../build-page.ts";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

const SPACE = `${openTexture(224).space}/224px@0.5`;

const tileOf = { mpp: mpp(0.5), size: 224, minTissue: 0.5 };

/** Tiles and features of a slide, with Node's decoder. */
async function encodeInNode(path: string, space = SPACE): Promise<Bag> {
  const slide = unwrap(await openSlideFile(path));
  const tiles = unwrap(layTiles(slide, unwrap(await findTissue(slide)), tileOf));
  const rasters: Raster[] = [];
  for (const [i, x] of tiles.x.entries())
    rasters.push(unwrap(await slide.readAt(tileOf.mpp, { x, y: tiles.y[i] ?? 0, width: 224, height: 224 })));
  slide.close();
  const { n, x, y, side } = tiles;
  return { features: await openTexture(224).encode(rasters), n, d: TEXTURE_DIM, x, y, side, space };
}

/** A model fitted for an epoch on the slide itself, shaken: what it says means nothing; that Node and the page agree does. */
async function madeModel(like: Bag): Promise<Uint8Array> {
  const random = randomStream(5, "drop");
  const bags = Array.from({ length: 8 }, (_, i) => {
    const features = like.features.map((value) => value * (1 + 0.2 * random.normal()));
    return { id: `b${i}`, label: i % 2, bag: { ...like, features } };
  });
  const fitted = await fit({
    task: { kind: "classify", label: "label", classes: ["benign", "tumour"], positive: "tumour" },
    aggregator: { name: "abmil", hidden: 8, attention: 4 },
    options: { epochs: 1, seed: 1 },
    bags: bagsInMemory(new Map(bags.map(({ id, bag }) => [id, bag]))),
    train: bags.slice(0, 6),
    tune: bags.slice(6),
    openSession,
    synthetic: true,
  });
  return unwrap(fitted).onnx;
}

async function askInNode(onnx: Uint8Array, bag: Bag): Promise<number> {
  const session = await openSession(onnx);
  const answer = unwrap(await predict(session, bag));
  await session.close();
  return answer.probabilities[1] ?? Number.NaN;
}

describe("colours of tiles", () => {
  it("grow with attention, whose even share is 1, and are as strong against as for", () => {
    const layer = attentionLayer(Float32Array.of(0.1, 0.1, 0.8));
    expect(layer.high).toBe("2.4 ×");
    const evidence = evidenceLayer(Float32Array.of(-2, 0, 2), "tumour");
    expect([...evidence.strength]).toEqual([1, 0, 1]);
    expect(evidence.rgb[0]).toBeLessThan(evidence.rgb[6] ?? 0);
  });
});

describe.skipIf(isAbsent)("the drop zone", () => {
  let room: Room;
  let page: Page;
  let bag: Bag;
  let tumour: number;
  const slide = place("dropped.svs");
  const model = place("model.onnx");
  const sent: string[] = [];

  beforeAll(async () => {
    await writeSyntheticSlide(slide, { seed: 4, width: 2048, height: 2048, tumourShare: 0.3 });
    bag = await encodeInNode(slide);
    const onnx = await madeModel(bag);
    tumour = await askInNode(onnx, bag);
    writeFileSync(model, onnx);
    room = await openRoom();
    page = await room.open("/drop");
    await page.getByRole("heading", { level: 1, name: "Drop zone" }).waitFor();
    page.on("request", (request) => {
      const { pathname, search } = new URL(request.url());
      // The shell asks which folders are served, now and then: an address that holds nothing.
      const isOwn = /^\/(assets|runtime)\/|^\/api\/projects$/.test(pathname) && search === "";
      if (!isOwn || request.method() !== "GET" || request.postData() !== null)
        sent.push(`${request.method()} ${request.url()}`);
    });
  });
  afterAll(async () => {
    await room?.close();
  });

  const give = (files: string | string[]): Promise<void> => page.setInputFiles("input[type=file]", files);

  const picture = (): Promise<string> =>
    page.locator("canvas.drop-heat").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

  it("answers as Node does, and shows the slide with its tiles", async () => {
    await give([slide, model]);
    const answer = page.getByRole("region", { name: "Answer of the model" });
    await answer.waitFor();
    const shown = await answer.getByRole("img", { name: /^tumour/ }).getAttribute("aria-label");
    expect([tumour > 0.01, tumour < 0.99]).toEqual([true, true]);
    expect(shown).toBe(`tumour ${tumour.toFixed(2)}, no interval`);
    expect(await page.locator(".drop-facts").textContent()).toContain(`${bag.n} of 224 px at 0.5 µm/px`);
    // What the served folder holds is not said of a file of one's own: the slide says for itself what it is.
    expect(await page.getByText("SYNTHETIC", { exact: true }).count()).toBe(2);
    await page.getByText("This slide was drawn by a program; no patient stands behind it.").waitFor();
    await page.getByText("This model learned from slides drawn by a program").waitFor();
    await page.getByRole("img", { name: "dropped.svs, coloured by attention" }).waitFor();
    expect(await page.locator(".drop-tiles canvas").count()).toBe(Math.min(12, bag.n));
    const before = await picture();
    await page.getByLabel("Strength").fill("0");
    expect(await picture()).not.toEqual(before);
  });

  it("gives the same answer, picture for picture, whatever the number of workers", async () => {
    const large = place("large.svs");
    await writeSyntheticSlide(large, { seed: 5, width: 3072, height: 3072, tumourShare: 0.2 });
    const seen = await Promise.all(
      [1, 4].map(async (cores) => {
        const own = await room.open("/drop");
        await own.addInitScript((n) => {
          Object.defineProperty(navigator, "hardwareConcurrency", { get: () => n });
        }, cores);
        await own.reload();
        const workers: string[] = [];
        own.on("request", (request) => /encode-worker/.test(request.url()) && workers.push(request.url()));
        await own.setInputFiles("input[type=file]", [large, model]);
        await own.getByRole("img", { name: "large.svs, coloured by attention" }).waitFor();
        const answer = await own.getByRole("region", { name: "Answer of the model" }).textContent();
        const heat = await own
          .locator("canvas.drop-heat")
          .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
        await own.context().close();
        return { answer, heat, isHelped: workers.length > 0 };
      }),
    );
    expect(seen.map(({ isHelped }) => isHelped)).toEqual([false, true]);
    expect(seen[1]?.answer).toBe(seen[0]?.answer);
    expect(seen[1]?.heat).toBe(seen[0]?.heat);
  });

  it("judges a table of predictions", async () => {
    writeFileSync(place("predictions.csv"), inventedTable(["benign", "tumour"], 60, 2));
    await give(place("predictions.csv"));
    await page.getByRole("region", { name: "Judgement of predictions.csv" }).waitFor();
    await page.getByText("AUROC").first().waitFor();
  });

  it("works on with the network cut off", async () => {
    await page.context().setOffline(true);
    const other = place("other.svs");
    await writeSyntheticSlide(other, { seed: 9, width: 1024, height: 1024, tumourShare: 0 });
    await give(other);
    await page.getByRole("img", { name: "other.svs, coloured by attention" }).waitFor();
  });

  it("has no serious violation, and its parts stay inside the window", async () => {
    expect(await seriousViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });

  it("tells what is wrong with a file that is no slide, and with a model that needs another encoder", async () => {
    writeFileSync(place("false.svs"), "no slide");
    await give(place("false.svs"));
    await page.getByRole("alert").getByText("Expected").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("false.svs");
    writeFileSync(place("other.onnx"), await madeModel({ ...bag, space: "uni@0123456789ab/224px@0.5" }));
    await give(place("other.onnx"));
    await page.getByText("a model of uni@0123456789ab/224px@0.5").waitFor();
    writeFileSync(place("other.onnx"), await madeModel({ ...bag, space: `${SPACE}/srgb` }));
    await give(place("other.onnx"));
    await page.getByText(`a model of ${SPACE}/srgb`).waitFor();
  });

  it("sent nothing: every request after the page had come was for the page itself", () => {
    expect(sent).toEqual([]);
    expect(room.strayed).toEqual([]);
    expect(room.wrong).toEqual([]);
  });
});
