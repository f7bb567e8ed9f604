/** The page that fits, in a real browser, served on loopback. Debian's Chromium; skipped where it is absent. */
import { existsSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { unwrap } from "@nacre/core";
import { parseBag } from "@nacre/features";
import { openSession } from "@nacre/graph/node";
import { describeModel, predict } from "@nacre/models";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtPage } from "./build-page.ts";
import { D, type MadeFile, madeBag, madeCohort, madeTable } from "./made-bags.ts";

const CHROMIUM = "/usr/bin/chromium";
const isAbsent = !existsSync(CHROMIUM);
if (isAbsent) console.log(`skipped: the page that fits, for want of ${CHROMIUM}`);

/** Turns on WebGPU over SwiftShader, a graphics adapter in software. */
const SOFTWARE_ADAPTER = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"];

interface Server {
  address(): AddressInfo;
  close(): void;
}

describe.skipIf(isAbsent)("the page that fits", () => {
  let browser: Browser;
  let server: Server;
  let page: Page;
  let origin: string;
  let cohort: { bags: MadeFile[]; rows: string[] };
  const requests: string[] = [];
  const wrong: string[] = [];

  beforeAll(async () => {
    const { serve } = await import(new URL("../serve.mjs", import.meta.url).href);
    server = await serve(join(dirname(builtPage()), "fit"), 0);
    origin = `http://127.0.0.1:${server.address().port}`;
    cohort = await madeCohort(30);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...SOFTWARE_ADAPTER] });
    page = await opened();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function opened(): Promise<Page> {
    const context = await browser.newContext({ acceptDownloads: true });
    const made = await context.newPage();
    // As long as the tests may take: the machine may have other work, and a software adapter is slow.
    made.setDefaultTimeout(240_000);
    made.on("request", (request) => requests.push(request.url()));
    context.on("request", (request) => requests.push(request.url()));
    made.on("console", (message) => wrong.push(message.text()));
    made.on("pageerror", (error) => wrong.push(error.message));
    await made.goto(`${origin}/`);
    return made;
  }

  async function drop(files: readonly MadeFile[]): Promise<void> {
    const data = await page.evaluateHandle(
      (given) => {
        const transfer = new DataTransfer();
        for (const { name, text } of given) {
          transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
        }
        return transfer;
      },
      files.map(({ name, bytes }) => ({ name, text: bytes.toString("base64") })),
    );
    await page.dispatchEvent("#drop", "drop", { dataTransfer: data });
  }

  async function saved(link: string): Promise<Buffer> {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(link)]);
    return readFileSync(await download.path());
  }

  const status = (words: RegExp) =>
    page.waitForFunction(
      ([id, source]) => new RegExp(source as string).test(document.querySelector(id as string)?.textContent ?? ""),
      ["#status", words.source],
    );

  /** What the page says is wrong. */
  async function problem(): Promise<string> {
    await page.waitForSelector("#problem:not([hidden])");
    return (await page.textContent("#problem"))?.replace(/\s+/g, " ") ?? "";
  }

  it("learns from dropped features, shows the loss falling and the tune AUROC for what it is", async () => {
    await drop([...cohort.bags, madeTable(cohort.rows)]);
    await status(/^30 bags ready/);
    expect(await page.inputValue("#column")).toBe("label");
    expect(await page.inputValue("#positive")).toBe("tumour");
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.fill("#epochs", "30");
    await page.click("#start");
    await page.waitForSelector("#result-area:not([hidden])");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("result-title");
    const path = await page.getAttribute("#drawing .line.train", "d");
    const heights = [...(path ?? "").matchAll(/[ML][\d.]+ ([\d.]+)/g)].map((m) => Number(m[1]));
    expect(heights.length).toBeGreaterThan(5);
    expect(heights.at(-1)).toBeGreaterThan((heights[0] as number) + 20); // y grows downwards
    expect(await page.textContent("#auroc")).toMatch(/^Tune AUROC 0\.\d{3}$|^Tune AUROC 1\.000$/);
    expect(await page.textContent("#interval")).toMatch(
      /95% interval [01]\.\d{3} to [01]\.\d{3}, \d+ patients, positive: tumour/,
    );
    expect(await page.textContent("#result-area")).toContain("This is not an honest test");
  });

  it("gives a model that answers alone as the page did, and parts that share no patient", async () => {
    const model = await saved("#save-model");
    const [header, ...rows] = (await saved("#save-predictions")).toString("utf8").trim().split("\n");
    expect(header).toBe("slide,patient,part,label,p_benign,p_tumour");
    expect(rows).toHaveLength(30);
    const info = unwrap(await describeModel(model));
    const session = await openSession(model);
    for (const row of rows) {
      const [slide = "", , , , benign, tumour] = row.split(",");
      const file = cohort.bags.find(({ name }) => name === `${slide}.h5`) as MadeFile;
      const answer = unwrap(await predict(session, unwrap(await parseBag(file.bytes, file.name)), { info }));
      expect(Math.abs((answer.probabilities[0] as number) - Number(benign))).toBeLessThan(1e-5);
      expect(Math.abs((answer.probabilities[1] as number) - Number(tumour))).toBeLessThan(1e-5);
    }
    await session.close();
    const patients = (part: string) =>
      new Set(
        rows
          .map((r) => r.split(","))
          .filter((r) => r[2] === part)
          .map((r) => r[1]),
      );
    const tune = patients("tune");
    expect(tune.size).toBeGreaterThan(5);
    expect([...patients("train")].filter((patient) => tune.has(patient))).toEqual([]);
  });

  it("has the losses of the processor on WebGPU to 1e-4, on a software adapter", async (context) => {
    if (await page.isDisabled("#webgpu")) {
      console.log("skipped: the page on WebGPU, since this Chromium gives no adapter");
      return context.skip();
    }
    const answers: number[][] = [];
    await drop([...cohort.bags.slice(0, 12), madeTable(cohort.rows.slice(0, 12))]);
    await status(/^12 bags ready/);
    for (const provider of ["cpu", "webgpu"]) {
      await page.selectOption("#compute", provider);
      await page.fill("#epochs", "2");
      await page.evaluate(() => document.querySelector("#status")?.replaceChildren());
      await page.click("#start");
      await status(/^(Fitted|Nothing)/);
      expect(await page.textContent("#status")).toMatch(/^Fitted/);
      const losses = (await page.textContent("#losses")) ?? "";
      const rows = (await saved("#save-predictions")).toString("utf8").trim().split("\n").slice(1);
      const probabilities = rows.flatMap((row) => row.split(",").slice(4).map(Number));
      answers.push([...[...losses.matchAll(/\d\.\d+/g)].map((m) => Number(m[0])), ...probabilities]);
    }
    await page.selectOption("#compute", "cpu");
    expect(requests.some((url) => url.endsWith("asyncify.wasm"))).toBe(true);
    const [cpu = [], webgpu = []] = answers;
    expect(cpu).toHaveLength(2 + 24);
    expect(webgpu).toHaveLength(2 + 24);
    // The losses are written with four places, so 1e-4 and a half of the last place.
    for (const [i, value] of cpu.entries()) expect(Math.abs((webgpu[i] as number) - value)).toBeLessThan(1.5e-4);
  });

  it("stops when it is told to, and starts again", async () => {
    const large = await madeCohort(30, 2000);
    await drop([...large.bags, madeTable(large.rows)]);
    await status(/^30 bags ready/);
    await page.fill("#epochs", "1000");
    await page.click("#start");
    await page.waitForFunction(() => /Epoch [1-9]/.test(document.querySelector("#losses")?.textContent ?? ""));
    await page.click("#cancel");
    expect(await page.textContent("#status")).toMatch(/^Stopped/);
    await page.fill("#epochs", "2");
    await page.click("#start");
    await page.waitForSelector("#result-area:not([hidden])");
    expect(await page.textContent("#losses")).toMatch(/^Epoch 2/);
  });

  it("tells of files without a row, rows without a file and files that cannot be used, and fits on the rest", async () => {
    const [first] = cohort.bags;
    const spoilt = await madeBag(
      "s1",
      Float32Array.from({ length: 4 * D }, (_, i) => (i === 20 ? Number.NaN : 1)),
    );
    const others = cohort.bags.slice(2, 12);
    const stranger = { name: "stranger.h5", bytes: (first as MadeFile).bytes };
    await drop([spoilt, stranger, ...others, madeTable(cohort.rows.slice(1, 13))]);
    await status(/^10 bags ready/);
    const notes = (await page.textContent("#notes")) ?? "";
    expect(notes).toMatch(/s1\.h5 is left out.*finite/);
    expect(notes).toMatch(/1 without a row in the table.*stranger/);
    expect(notes).toMatch(/1 in the table without a feature file.*s12/);
  });

  it.each([
    ["no table", async () => [await madeBag("s0", new Float32Array(D))], /one table of labels.*none/],
    ["no features", async () => [madeTable(["s0,P0,a,x", "s1,P1,b,x"])], /feature files.*none among 1 file/],
    [
      "a bag of no tiles",
      async () => [{ name: "s0.npy", bytes: emptyNpy() }, madeTable(["s0,P0,a,x", "s1,P1,b,x"])],
      /nothing-usable.*s0\.npy is left out.*tile/,
    ],
    [
      "one class in the table",
      async () => [await madeBag("s0", new Float32Array(D)), madeTable(["s0,P0,a,x", "s1,P1,a,x"])],
      /one-class/,
    ],
    [
      "files of no row",
      async () => [await madeBag("t0", new Float32Array(D)), madeTable(["s0,P0,a,x", "s1,P1,b,x"])],
      /nothing-usable.*t0.*s0.*name each file after its slide/,
    ],
  ] as const)("says what to do about %s", async (_, make, words) => {
    await drop(await make());
    expect(await problem()).toMatch(words);
    expect(await page.isDisabled("#start")).toBe(true);
  });

  it("says what to do where the files are of one class, and where they are of two encoders", async () => {
    const ones = cohort.bags.filter((_, i) => i % 2 === 1);
    await drop([...ones, madeTable(cohort.rows)]);
    await status(/^15 bags ready/);
    await page.click("#start");
    expect(await problem()).toMatch(/one-class.*only tumour.*add feature files/);
    await drop([...cohort.bags.slice(1), await madeBag("s0", new Float32Array(8), 8), madeTable(cohort.rows)]);
    await status(/^30 bags ready/);
    await page.click("#start");
    expect(await problem()).toMatch(/dimension-mismatch.*same encoder/);
  });

  it("is operated with the keyboard, each field by its name", async () => {
    for (const name of ["Label column", "Positive class", "Epochs, at most", "Seed", "Compute on"]) {
      expect(await page.getByLabel(name, { exact: true }).count()).toBe(1);
    }
    page.on("filechooser", () => {});
    await page.focus("#file");
    const chooser = page.waitForEvent("filechooser");
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(
      [...cohort.bags, madeTable(cohort.rows)].map(({ name, bytes }) => ({
        name,
        mimeType: "application/octet-stream",
        buffer: bytes,
      })),
    );
    await status(/^30 bags ready/);
    await page.focus("#start");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#result-area:not([hidden])");
  });

  it("works on one thread from a server that does not isolate it", async () => {
    const { serve } = await import(new URL("../serve.mjs", import.meta.url).href);
    const plain: Server = await serve(join(dirname(builtPage()), "fit"), 0, {});
    const other = await browser.newPage();
    await other.goto(`http://127.0.0.1:${plain.address().port}/`);
    const files = [...cohort.bags, madeTable(cohort.rows)];
    await other.setInputFiles(
      "#file",
      files.map(({ name, bytes }) => ({ name, mimeType: "application/octet-stream", buffer: bytes })),
    );
    await other.fill("#epochs", "2");
    await other.click("#start:not([disabled])");
    await other.waitForSelector("#result-area:not([hidden])");
    expect(await other.evaluate(() => crossOriginIsolated)).toBe(false);
    await other.close();
    plain.close();
  });

  it("asked no address but its own folder, and could not if it tried, in the page or in its worker", async () => {
    // What the worker loads stands in the log too.
    expect(requests.some((url) => url.endsWith("threaded.wasm"))).toBe(true);
    expect(requests.filter((url) => !url.startsWith(`${origin}/`) && !/^(blob|data):/.test(url))).toEqual([]);
    expect(wrong).toEqual([]);
    const refused = await page.evaluate(async () => {
      const tried = async (address: string) =>
        fetch(address, { mode: "no-cors" }).then(
          () => "sent",
          () => "refused",
        );
      const code = `fetch("http://127.0.0.1:9/", { mode: "no-cors" }).catch(() => {}); addEventListener("securitypolicyviolation", (e) => postMessage(e.effectiveDirective))`;
      const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), { type: "module" });
      const inWorker = await new Promise((done) => {
        worker.onmessage = ({ data }) => done(data);
        setTimeout(() => done("nothing"), 3000);
      });
      return [await tried("http://127.0.0.1:9/"), inWorker];
    });
    expect(refused).toEqual(["refused", "connect-src"]);
  });
});

/** A NumPy array of shape [0, 16]. */
function emptyNpy(): Buffer {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 16), }".padEnd(117, " ");
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]), Buffer.from(`${header}\n`)]);
}
