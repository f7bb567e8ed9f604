/** The page of a case in a browser, over the real service: what is shown, and a report from its beginning to its signature. */
import { beginDraft, readCase, readDraft, readTrail, saveDraft, worklist } from "@nacre/api";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countMachine } from "../../src/room/case/use-draft.ts";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

describe("machine values", () => {
  it("count as unread until confirmed, and one that was rewritten is a person's alone", () => {
    const base = { name: "a", title: "A", kind: "text" as const, unit: null, value: "x" };
    const machine = { ...base, origin: "machine" as const, evidence: "run" };
    const confirmed = { ...base, origin: "person" as const, evidence: "run" };
    const rewritten = { ...base, origin: "person" as const, evidence: null };
    expect(countMachine([machine, confirmed, rewritten])).toEqual({ of: 2, unread: 1 });
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
    await page.getByText(/^(\d+) of \1 machine values unread/).waitFor();
    expect(await page.getByText("written by a model", { exact: true }).count()).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Sign…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/machine values? (is|are) unread/).waitFor();
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

  it("keeps what was typed over other pages, and tells a newer version that the page has fetched meanwhile", async () => {
    const page = await open("P-01");
    await page.getByLabel("Comment").fill("typed, not saved");
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    const params = { case: keyOf("P-01") };
    const before = await room.server.call(readDraft, { params });
    await room.server.call(saveDraft, {
      params,
      body: { version: before.version, values: { description: "a gland" } },
    });
    await page.goBack();
    await page.getByText("Somebody else has saved this draft since you read it").waitFor();
    expect(await page.getByLabel("Comment").inputValue()).toBe("typed, not saved");
    await page.getByRole("button", { name: "Keep theirs" }).click();
    expect(await page.getByLabel("Comment").inputValue()).toBe("also theirs");
    expect(await page.getByLabel("What is seen").inputValue()).toBe("a gland");
  });

  it("is signed once every machine value was read, and then stands still", async () => {
    const page = await open("P-01");
    await page.getByText(/machine values unread/).waitFor();
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
    await page.getByText(/each was confirmed or rewritten/).waitFor();
    await page.getByRole("button", { name: "Sign…" }).click();
    await page.getByLabel("I have read the report and it says what I found.").check();
    await page.getByRole("button", { name: /^Sign as/ }).click();
    await page
      .getByRole("dialog")
      .getByText(/is signed/)
      .waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).last().click();
    await page.getByText("Signed by this machine's user").waitFor();
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

  it("says that a case is not there in the words that it would say of one that may not be seen", async () => {
    const page = await room.open("/cases/0000000000000000");
    await page.getByText("The case cannot be shown").waitFor();
    room.wrong.splice(0);
  });

  it.each([
    ["light", 1280, 800],
    ["dark", 1280, 800],
    ["dark", 3840, 2160],
  ] as const)("has no serious violation, %s at %i", async (colorScheme, width, height) => {
    await room.server.call(beginDraft, { params: { case: keyOf("P-02") }, body: {} }).catch(() => null);
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
