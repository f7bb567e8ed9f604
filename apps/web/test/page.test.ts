/** The page in a real browser, opened from the disk with the network off. Debian's Chromium; skipped where it is absent. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateTable } from "../../../packages/pipeline/src/judge/evaluate-table.ts";
import { labelTable, numberTable, riskTable } from "../../../packages/pipeline/test/report/answers/made-answers.ts";
import { builtPage, inventedTable, place } from "./build-page.ts";

/** Engines differ in the last bit of exp and log, and so may what is fitted with them. */
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, v) => (typeof v === "number" ? Number(v.toPrecision(11)) : v));

const CHROMIUM = "/usr/bin/chromium";
const isAbsent = !existsSync(CHROMIUM);
if (isAbsent) console.log(`skipped: the page in a browser, for want of ${CHROMIUM}`);

describe.skipIf(isAbsent)("the page in a browser", () => {
  let browser: Browser;
  let page: Page;
  let requests: string[];
  const wrong: string[] = [];
  const csv = inventedTable(["benign", "tumour"], 90, 3);

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
    const context = await browser.newContext({ offline: true, acceptDownloads: true });
    page = await context.newPage();
    requests = [];
    // Choosers are caught from the start on, not only while one is waited for.
    page.on("filechooser", () => {});
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => wrong.push(message.text()));
    page.on("pageerror", (error) => wrong.push(error.message));
    await page.goto(pathToFileURL(builtPage()).href);
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function drop(name: string, text: string): Promise<void> {
    const data = await page.evaluateHandle(
      ([fileName, content]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([content], fileName, { type: "text/csv" }));
        return transfer;
      },
      [name, text] as const,
    );
    await page.dispatchEvent("#drop", "drop", { dataTransfer: data });
  }

  async function saved(link: string): Promise<string> {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(link)]);
    return readFileSync(await download.path(), "utf8");
  }

  /** What the command gives for the same file. */
  function commanded(positive: string | null) {
    const file = place("predictions.csv");
    writeFileSync(file, csv);
    const card = evaluateTable(file, { positive, bootstrap: 1000, seed: 7 });
    return { ...card, file: "predictions.csv" };
  }

  it("shows and saves the numbers of the command for a table that is dropped", async () => {
    await drop("predictions.csv", csv);
    await page.waitForSelector("#result-area:not([hidden])");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("result-title");
    const card = commanded(null);
    const { value, low, high } = card.external?.auroc ?? card.internal.auroc;
    const headline = await page.textContent(".headline");
    expect(headline).toContain(`External AUROC ${value?.toFixed(3)}`);
    expect(headline).toContain(`${low?.toFixed(3)} to ${high?.toFixed(3)}`);
    const kept = JSON.parse(await saved("#save-scorecard"));
    for (const measure of ["auroc", "auprc", "accuracy", "brier"] as const) {
      expect(kept.internal[measure]).toEqual(JSON.parse(JSON.stringify(card.internal[measure])));
    }
    expect(rounded(kept)).toEqual(rounded(card));
    expect(await saved("#save-report")).toContain("<title>predictions.csv: judged</title>");
  });

  it("judges again for another positive class", async () => {
    await page.selectOption("#positive", "benign");
    await page.waitForFunction(() => document.querySelector("#sections")?.textContent?.includes("--positive benign"));
    expect(await page.evaluate(() => document.activeElement?.id)).not.toBe("result-title");
    expect(JSON.parse(await saved("#save-scorecard")).internal.auprc).toEqual(commanded("benign").internal.auprc);
  });

  it.each([
    ["risks", riskTable(90), "Survival by risk"],
    ["numbers", numberTable(60), "Bland and Altman"],
    ["labels", labelTable(60), "Label by label"],
  ])("judges %s as well, and offers no positive class where there is none", async (name, text, words) => {
    await drop(`${name}.csv`, text);
    await page.waitForFunction(
      ([file, shown]) =>
        document.querySelector("#result-title")?.textContent === file &&
        document.querySelector("#sections")?.textContent?.includes(shown as string),
      [`${name}.csv`, words],
    );
    expect(await page.isDisabled("#positive")).toBe(true);
    expect(await page.textContent("#positive")).toMatch(/^none: /);
    expect(await saved("#save-report")).toContain(`<title>${name}.csv: judged</title>`);
    expect(JSON.parse(await saved("#save-scorecard")).unit).toBe("patient");
  });

  it("names what is wrong with a table, and where", async () => {
    await drop("bad.csv", 'patient,label,p_x,p_y\n1,x,0.8,0.2\n2,y,0.3,"0,7"\n');
    await page.waitForSelector("#problem:not([hidden])");
    expect(await page.textContent("#problem-received")).toBe("`0,7`, a decimal comma, in column p_y, row 3 of bad.csv");
    expect(await page.textContent("#problem-remedy")).toMatch(/decimal point/);
    expect(await page.isHidden("#result-area")).toBe(true);
  });

  it("is reached and operated with the keyboard, each field by its name", async () => {
    await page.focus("#file");
    const chooser = page.waitForEvent("filechooser");
    await page.keyboard.press("Enter");
    await (await chooser).setFiles({ name: "again.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await page.waitForSelector("#result-area:not([hidden])");
    for (const name of ["Positive class", "Replicates", "Seed"]) {
      expect(await page.getByLabel(name, { exact: true }).count()).toBe(1);
    }
    expect(await page.getByRole("status").textContent()).toMatch(/90 patients judged/);
  });

  it("asked the network for nothing, and could not if it tried", async () => {
    expect(requests.filter((url) => !url.startsWith("blob:"))).toEqual([pathToFileURL(builtPage()).href]);
    expect(wrong).toEqual([]);
    const refused = await page.evaluate(async () => {
      const directives: string[] = [];
      document.addEventListener("securitypolicyviolation", (event) => directives.push(event.effectiveDirective));
      await fetch("http://127.0.0.1:9/").catch(() => {});
      const image = new Image();
      image.src = "http://127.0.0.1:9/i.png";
      await new Promise((resolve) => setTimeout(resolve, 50));
      return directives.sort();
    });
    expect(refused).toEqual(["connect-src", "img-src"]);
  });
});
