/** The page of a case in a browser, over the real service: what is shown, and a report from its beginning to its signature. */
import {
  beginDraft,
  changeCase,
  type DraftField,
  listReports,
  readCase,
  readDraft,
  readTrail,
  reopenDraft,
  saveDraft,
  worklist,
} from "@nacre/api";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countMachine, SAVE_AFTER_MS, wrongNumber } from "../../src/room/case/use-draft.ts";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

describe("machine values", () => {
  it("count as unread until confirmed, and one that was rewritten is a person's alone", () => {
    const base = { name: "a", title: "A", kind: "text" as const, unit: null, value: "x" };
    const machine = { ...base, origin: "machine" as const, evidence: "run" };
    const confirmed = { ...base, origin: "person" as const, evidence: "run" };
    const rewritten = { ...base, origin: "person" as const, evidence: null };
    expect(countMachine([machine, confirmed, rewritten])).toEqual({ of: 2, unread: 1 });
  });

  it("that are numbers are told what they may not be, as the service would refuse them", () => {
    const number = (unit: string | null, most?: number): DraftField => ({
      ...{ name: "n", title: "N", kind: "number", unit, value: null, origin: "empty", evidence: null },
      ...(most === undefined ? {} : { most }),
    });
    expect([wrongNumber(number("mm"), 0.5), wrongNumber(number("%", 100), 100), wrongNumber(number(null), 3)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(wrongNumber(number("mm"), -5)).toMatch(/below 0/);
    expect(wrongNumber(number("%", 100), 140)).toMatch(/above 100/);
    expect(wrongNumber(number(null), 2.5)).toMatch(/whole/);
  });
});

describe.skipIf(isAbsent)("the page of a case", () => {
  let room: Room;
  const keys = new Map<string, string>();
  beforeAll(async () => {
    room = await openRoom();
    const { rows } = await room.server.call(worklist, {});
    for (const row of rows) keys.set(row.name, row.key);
  });
  afterAll(async () => {
    await room?.close();
  });

  const keyOf = (name: string): string => keys.get(name) ?? `no case ${name}`;
  const open = (name: string): Promise<Page> => room.open(`/cases/${keyOf(name)}`);

  it("shows the answer, what is known of its calibration, and whether there is an interval", async () => {
    const page = await open("P-01");
    const facts = await room.server.call(readCase, { params: { case: keyOf("P-01") } });
    const prediction = facts.predictions[0];
    const card = page.getByRole("article", { name: `Answer of ${prediction?.study}` });
    await card.getByRole("img", { name: "tumour 0.90, no interval" }).waitFor();
    expect(await card.textContent()).toContain(prediction?.calibration);
    expect(await card.textContent()).toContain("No interval: fewer than three models");
    expect(await card.textContent()).toContain("Synthetic");
  });

  it("shows the tiles that weighed most as pictures that lead to their place in the slide", async () => {
    const page = await open("P-01");
    const facts = await room.server.call(readCase, { params: { case: keyOf("P-01") } });
    const tile = facts.evidence[0];
    if (tile === undefined) throw new Error("expected evidence, received none");
    const link = page.getByRole("link", { name: /^Tile 1 of/ });
    const address = new URL((await link.getAttribute("href")) ?? "", "http://x");
    const at = (name: string): number => Number(address.searchParams.get(name));
    expect(address.pathname).toBe(`/slides/${tile.slide}`);
    // The tile stands in the middle of the view.
    expect(at("x") + at("w") / 2).toBeCloseTo(tile.x + tile.size / 2, 0);
    expect(at("w")).toBe(tile.size * 5);
    await page.waitForFunction(() => {
      const picture = document.querySelector<HTMLImageElement>(".tile img");
      return picture?.complete === true && picture.naturalWidth > 0;
    });
  });

  it("names the reason of a slide that failed, and does not show it", async () => {
    const page = await open("P-02");
    await page.getByText("Not readable").first().waitFor();
    const strip = await page.getByRole("region", { name: "Slides" }).textContent();
    expect(strip).toMatch(/no tissue/);
    expect(strip).toMatch(/look at the thumbnail/);
    await page.getByText("Not everything could be read").waitFor();
  });

  it("begins a report whose machine values are marked and keep it from being signed", async () => {
    const page = await open("P-01");
    await page.getByRole("button", { name: "Begin the report" }).click();
    await page.getByText(/^(\d+) of \1 values that the machine filled in are not read yet/).waitFor();
    expect(await page.getByText("filled in by the machine", { exact: true }).count()).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Sign…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Filled in by the machine, not yet read").waitFor();
    await dialog.getByText("Needed, and still empty: Diagnosis.").waitFor();
    expect(await dialog.getByRole("button", { name: /^Sign as/ }).isDisabled()).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
  });

  it("loses neither text when two people save the same draft", async () => {
    const page = await open("P-01");
    await page.getByLabel("Diagnosis").fill("mine");
    const params = { case: keyOf("P-01") };
    const before = await room.server.call(readDraft, { params });
    const body = { version: before.version, values: { diagnosis: "theirs", comment: "also theirs" } };
    await room.server.call(saveDraft, { params, body });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Somebody else has saved this draft since you read it").waitFor();
    await page.getByText("Theirs: theirs").waitFor();
    expect(await page.getByLabel("Diagnosis").inputValue()).toBe("mine");
    expect(await page.getByLabel("Comment").inputValue()).toBe("also theirs");
    await page.getByRole("button", { name: "Save mine over theirs" }).click();
    await page.getByText("Somebody else has saved").waitFor({ state: "hidden" });
    const now = await room.server.call(readDraft, { params });
    expect(now.fields.find((field) => field.name === "diagnosis")?.value).toBe("mine");
    expect(now.fields.find((field) => field.name === "comment")?.value).toBe("also theirs");
    // The refusal is in the browser's console by itself.
    room.wrong.splice(0);
  });

  it("saves what was typed when the case is left, and tells a newer version to who comes back with unsaved words", async () => {
    const page = await open("P-01");
    const params = { case: keyOf("P-01") };
    const commentOf = async (): Promise<unknown> =>
      (await room.server.call(readDraft, { params })).fields.find(({ name }) => name === "comment")?.value;
    await page.getByLabel("Comment").fill("typed, and left");
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    await expect.poll(commentOf).toBe("typed, and left");
    await page.goBack();
    await page.getByLabel("Comment").waitFor();
    expect(await page.getByText("not saved").count()).toBe(0);
    // Without the service nothing can be saved: the words wait, and somebody else is not written over.
    await page.route("**/draft", (route) => (route.request().method() === "PUT" ? route.abort() : route.continue()));
    await page.getByLabel("Comment").fill("typed without a service");
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    const { version } = await room.server.call(readDraft, { params });
    const theirs = { description: "a gland", comment: "also theirs" };
    await room.server.call(saveDraft, { params, body: { version, values: theirs } });
    await page.unroute("**/draft");
    await page.goBack();
    await page.getByText("Somebody else has saved this draft since you read it").waitFor();
    expect(await page.getByLabel("Comment").inputValue()).toBe("typed without a service");
    await page.getByRole("button", { name: "Keep theirs" }).click();
    expect(await page.getByLabel("Comment").inputValue()).toBe("also theirs");
    expect(await page.getByLabel("What is seen").inputValue()).toBe("a gland");
    room.wrong.splice(0);
  });

  it("is signed once every machine value was read, and then stands still", async () => {
    const page = await open("P-01");
    await page.getByText(/the machine filled in are not read yet/).waitFor();
    for (let left = await page.getByRole("button", { name: /^I have read it: confirm/ }).count(); left > 0; left--) {
      await page
        .getByRole("button", { name: /^I have read it: confirm/ })
        .first()
        .click();
      await page.waitForFunction(
        (n) =>
          [...document.querySelectorAll("button")].filter((b) => b.ariaLabel?.startsWith("I have read it")).length < n,
        left,
      );
    }
    await page.getByText(/^Every value that the machine filled in was confirmed/).waitFor();
    await page.getByRole("button", { name: "Sign…" }).click();
    await page.getByLabel("I have read the report and it says what I found.").check();
    await page.getByRole("button", { name: /^Sign as/ }).click();
    await page
      .getByRole("dialog")
      .getByText(/is signed/)
      .waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).last().click();
    await page.getByRole("heading", { name: "Signed by this machine's user" }).waitFor();
    await page.getByText("Hidden until the report was signed: diagnosis.").waitFor();
    expect(await page.getByLabel("Diagnosis").count()).toBe(0);
    const signed = await room.server.call(readDraft, { params: { case: keyOf("P-01") } });
    expect(await page.locator(".hash").textContent()).toBe(signed.sha256);
    const { rows } = await room.server.call(readTrail, { query: { action: "draft.signed" } });
    expect(rows.length).toBe(1);
  });

  it("prints what was signed, and begins an addendum from it with a reason", async () => {
    const page = await open("P-01");
    const link = page.getByRole("link", { name: "Print (HTML)" });
    const printed = await (await room.server.fetch((await link.getAttribute("href")) ?? "")).text();
    expect(printed).toContain("mine");
    expect(printed).toContain("Research use only");
    await page.getByRole("button", { name: "Addendum…" }).click();
    await page.getByLabel("Reason").fill("the margin was measured again");
    await page.getByRole("button", { name: "Begin the addendum" }).click();
    await page.getByLabel("Diagnosis").waitFor();
    const draft = await room.server.call(readDraft, { params: { case: keyOf("P-01") } });
    expect(draft.state).toBe("draft");
    const signed = page.getByRole("region", { name: "Signed texts" });
    expect(await signed.getByRole("listitem").allTextContents()).toEqual([expect.stringContaining("Report by ")]);
    const before = signed.getByRole("link", { name: "Print of the report" });
    const text = await (await room.server.fetch((await before.getAttribute("href")) ?? "")).text();
    expect(text).toContain("mine");
    expect(text).toContain("Signed");
  });

  it("begins a report from the forms that the service has", async () => {
    const page = await open("P-02");
    const forms = page.getByLabel("Form", { exact: true });
    await forms.getByRole("option", { name: "Breast tumour report" }).waitFor({ state: "attached" });
    expect(await forms.getByRole("option").count()).toBe(4);
  });

  it("lets go of an addendum that was begun by mistake: the signed text stands again", async () => {
    const page = await open("P-01");
    const params = { case: keyOf("P-01") };
    const signed = (await room.server.call(listReports, { params })).rows.at(-1)?.sha256;
    await page.getByRole("button", { name: "Discard the addendum…" }).click();
    await page.getByText("The signed text stands again as it was.").waitFor();
    await page.getByRole("button", { name: "Discard the addendum", exact: true }).click();
    await page.getByRole("heading", { name: /^Signed by/ }).waitFor();
    expect((await room.server.call(readDraft, { params })).sha256).toBe(signed);
    await room.server.call(reopenDraft, { params, body: { why: "now in earnest" } });
  });

  it("shows what somebody else begins, and who has the case, without being loaded again", async () => {
    const page = await open("P-02");
    await page.getByRole("button", { name: "Begin the report" }).waitFor();
    const params = { case: keyOf("P-02") };
    await room.server.call(beginDraft, { params, body: { template: "breast" } });
    await room.server.call(changeCase, { params, body: { assignee: "Dr. Ada" } });
    await page.getByLabel("Tumour in vessels").waitFor({ timeout: 15_000 });
    await page.getByText("Assigned to Dr. Ada").waitFor();
    await page.getByRole("button", { name: "Discard the draft…" }).click();
    await page.getByRole("button", { name: "Discard the draft", exact: true }).click();
    await page.getByRole("button", { name: "Begin the report" }).waitFor();
  });

  it("is written, saved by itself and signed without a pointer, and leads on to the next case", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    const names = await page.locator(".case-name").allTextContents();
    const steps = names.indexOf("P-02");
    for (let step = 0; step < steps; step++) await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "P-02" }).waitFor();
    await page.getByRole("button", { name: "Begin the report" }).waitFor();
    await page.keyboard.press("r");
    await page.keyboard.press("Enter");
    const unread = page.getByRole("button", { name: /^I have read it: confirm/ });
    await unread.first().waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("I have read it: confirm");
    while ((await unread.count()) > 0) {
      const left = await unread.count();
      await page.keyboard.press("r");
      await page.keyboard.press("Enter");
      await expect.poll(() => unread.count()).toBeLessThan(left);
      // The focus stays with the field, and leaves it for the keys of the page.
      await page.keyboard.press("Escape");
    }
    await page.getByLabel("Diagnosis").focus();
    await page.keyboard.type("typed, and not saved by hand");
    const params = { case: keyOf("P-02") };
    const diagnosis = async (): Promise<unknown> =>
      (await room.server.call(readDraft, { params })).fields.find(({ name }) => name === "diagnosis")?.value;
    await expect.poll(diagnosis, { timeout: SAVE_AFTER_MS + 5000 }).toBe("typed, and not saved by hand");
    await page.keyboard.press("Control+Enter");
    const dialog = page.getByRole("dialog");
    // A case that somebody else has, with slides that no model saw, is not signed without a word.
    await dialog.getByText("This case is assigned to Dr. Ada.").waitFor();
    await dialog.getByText("2 of 2 slides could not be read.").waitFor();
    await dialog.getByLabel("I have read the report and it says what I found.").focus();
    for (const key of ["Space", "Tab", "Tab", "Enter"]) await page.keyboard.press(key);
    await dialog.getByText(/is signed/).waitFor();
    const next = names[steps + 1];
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
      next === undefined ? "Close" : "Next case",
    );
  });

  it("goes on to the next case of the list by n, and back to the list by Escape", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    const names = await page.locator(".case-name").allTextContents();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: names[0] ?? "" }).waitFor();
    await page.keyboard.press("n");
    await page.getByRole("heading", { level: 1, name: names[1] ?? "" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("grid").waitFor();
  });

  it("says of a case that is not there what it would say of one that may not be seen", async () => {
    const page = await room.open("/cases/0000000000000000");
    await page.getByText("There is no such case").waitFor();
    room.wrong.splice(0);
  });

  it.each([
    ["light", 1280, 800],
    ["dark", 1280, 800],
    ["dark", 3840, 2160],
  ] as const)("has no serious violation, %s at %i", async (colorScheme, width, height) => {
    await room.server.call(beginDraft, { params: { case: keyOf("P-02") }, body: {} }).catch(() => null);
    await room.server
      .call(reopenDraft, { params: { case: keyOf("P-02") }, body: { why: "to look at" } })
      .catch(() => null);
    for (const name of ["P-01", "P-02"]) {
      const page = await room.open(`/cases/${keyOf(name)}`, { colorScheme, viewport: { width, height } });
      await page.getByLabel("Diagnosis").waitFor();
      expect([name, await seriousViolations(page)]).toEqual([name, []]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      ).toBe(0);
    }
  });

  it("wrote nothing to the console and asked nobody else", () => {
    expect(room.wrong).toEqual([]);
    expect(room.strayed).toEqual([]);
  });
});
