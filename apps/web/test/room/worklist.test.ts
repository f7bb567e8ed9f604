/** The worklist in a browser, over the real service. */
import { worklist } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shortWhy } from "../../src/room/worklist/columns.tsx";
import { tell } from "../../src/room/worklist/thresholds.tsx";
import { headline } from "../../src/room/worklist/words.ts";
import { filterOf } from "../../src/room/worklist/worklist-page.tsx";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

describe("the list's own words", () => {
  it("takes from an address only what it knows", () => {
    const params = new URLSearchParams("triage=rule-in&state=eaten&order=shoe&run=../x&find=%20&flag=pen&assignee=");
    expect(filterOf(params, "p")).toEqual({ project: "p", triage: "rule-in", flag: "pen", assignee: "" });
  });

  it("explains the thresholds in one sentence, whatever is known of them", () => {
    const text = "The rule-out threshold is not used: 5 of 0.98 patients. What was measured: little. No rule-in.";
    expect(tell({ ruleOut: 0.1, ruleIn: 0.9, text })).toEqual({
      sentence: "Below 0.10 a case is ruled out, from 0.90 it is ruled in; between them a person decides.",
      rest: text,
    });
    expect(tell({ ruleOut: 0.1, ruleIn: null, text }).sentence).toMatch(/^Below 0.10 .* left to a person\.$/);
    expect(tell({ ruleOut: null, ruleIn: 0.9, text }).sentence).toMatch(/^From 0.90 .* left to a person\.$/);
    expect(tell({ ruleOut: null, ruleIn: null, text })).toEqual({
      sentence: "Every case is left to a person. The rule-out threshold is not used: 5 of 0.98 patients.",
      rest: "What was measured: little. No rule-in.",
    });
  });

  it("says why a case stands where it does without what stands above the list", () => {
    expect(shortWhy("tumour >0.99; left to a person (the rule-out threshold is not used: too few).")).toBe(
      "tumour >0.99; left to a person.",
    );
    expect(shortWhy("The model gave no answer: look yourself.")).toBe("The model gave no answer: look yourself.");
  });

  it("shows the answer that the thresholds speak of, and without one the likeliest", () => {
    const answers = [
      { name: "benign", value: 0.9, unit: "probability" as const },
      { name: "tumour", value: 0.1, unit: "probability" as const },
    ];
    const rest = { run: "r", study: "s", task: "classify", text: "", part: "test", fold: 0, interval: null } as const;
    const prediction = { ...rest, answers, calibration: "c", synthetic: true };
    expect(headline({ ...prediction, positive: "tumour" })?.value).toBe(0.1);
    expect(headline({ ...prediction, positive: null })?.name).toBe("benign");
    expect(headline({ ...prediction, answers: [] })).toBeNull();
  });
});

describe.skipIf(isAbsent)("the worklist", () => {
  let room: Room;
  beforeAll(async () => {
    room = await openRoom();
  });
  afterAll(async () => {
    await room?.close();
  });

  const chosen = '[role="row"][aria-selected="true"]';

  it("lists the cases in the order that the service gives, with what the model answered and why", async () => {
    const page = await room.open("/");
    const { rows, total } = await room.server.call(worklist, {});
    expect(total).toBeGreaterThanOrEqual(3);
    await page.getByRole("row").nth(total).waitFor();
    const names = await page.locator(".case-name").allTextContents();
    expect(names).toEqual(rows.map((row) => row.name));
    await page.getByText(`${total} cases`).waitFor();
    const first = page.getByRole("row").nth(1);
    expect(await first.textContent()).toContain(shortWhy(rows[0]?.why ?? "none"));
    await page.getByRole("img", { name: /^tumour 0\.90/ }).waitFor();
    await page
      .locator(".thresholds")
      .getByText(/left to a person|ruled/)
      .waitFor();
  });

  it("is walked, opened and left by the keyboard alone, and comes back where it was", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    const names = await page.locator(".case-name").allTextContents();
    await page.keyboard.press("j");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("k");
    await page.locator(chosen, { hasText: names[1] ?? "" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: names[1] ?? "", level: 1 }).waitFor();
    await page.goBack();
    await page.locator(chosen, { hasText: names[1] ?? "" }).waitFor();
    await page.getByRole("grid").focus();
    await page.keyboard.press("End");
    await page.locator(chosen, { hasText: names.at(-1) ?? "" }).waitFor();
    await page.keyboard.press("Home");
    await page.locator(chosen, { hasText: names[0] ?? "" }).waitFor();
  });

  it("opens the chosen case, and presses no filter again, once the arrows have left it", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    const total = await page.locator(".case-name").count();
    await page.getByRole("button", { name: /^New/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByText(`${total} shown by the filters`).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/cases\//);
    await page.goBack();
    await page.getByRole("button", { name: /^New/, pressed: true }).waitFor();
    await page.keyboard.press("x");
    await page.getByText(`${total} cases`).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("P-02");
    await page.getByText("1 shown by the filters").waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForURL(/\/cases\//);
  });

  it("goes through the orders with o, and through one's own and all with m", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    for (const order of ["name", "value", null]) {
      await page.keyboard.press("o");
      await page.waitForFunction((o) => new URL(location.href).searchParams.get("order") === o, order);
    }
    await page.keyboard.press("m");
    await page.getByText("0 shown by the filters").waitFor();
    await page.keyboard.press("m");
    await page.getByText(/^\d+ cases$/).waitFor();
  });

  it("opens a case by a click on its name, and comes back to it", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    const name = page.locator(".case-name").nth(1);
    const text = (await name.textContent()) ?? "none";
    await name.click();
    await page.getByRole("heading", { name: text, level: 1 }).waitFor();
    await page.goBack();
    await page.locator(chosen, { hasText: text }).waitFor();
  });

  it("assigns the chosen case to whoever presses a, and gives it back with u", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    const { rows } = await room.server.call(worklist, {});
    await page.keyboard.press("a");
    await page.locator(chosen, { hasText: "this machine's user" }).waitFor();
    const now = await room.server.call(worklist, {});
    expect(now.rows.find((row) => row.key === rows[0]?.key)?.assignee).toBe("this machine's user");
    await page.getByRole("button", { name: "To me" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".case-name").length === 1);
    await page.keyboard.press("u");
    await page.getByText("nobody", { exact: true }).waitFor();
  });

  it("finds as one types, keeps the filter in the address, and shows all again", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("P-02");
    await page.getByText("1 shown by the filters").waitFor();
    expect(new URL(page.url()).searchParams.get("find")).toBe("P-02");
    await page.reload();
    await page.getByText("1 shown by the filters").waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByText(/^\d+ cases$/).waitFor();
    await page.getByRole("searchbox").fill("no such case");
    await page.getByText("No case fits the filters").waitFor();
  });

  it("shows by its flag what failed", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    await page.getByRole("button", { name: "failed", exact: true }).click();
    const expected = await room.server.call(worklist, { query: { flag: "failed" } });
    await page.getByText(`${expected.total} shown by the filters`).waitFor();
    expect(expected.total).toBeGreaterThan(0);
  });

  it("looks into the folder again, and says what it found", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    await page.keyboard.press("i");
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByText(/^Found: \d+ cases/).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole("tab", { name: "Folder" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.getByLabel("Table", { exact: true }).waitFor();
    await page.keyboard.press("ArrowRight");
    await page
      .getByText(/No archive is configured|archive gave no list|not here|address that/)
      .first()
      .waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  });

  it("brings in cases from a table, and names the rows that it leaves out", async () => {
    const page = await room.open("/");
    await page.getByRole("button", { name: "Bring in cases…" }).click();
    await page.getByRole("tab", { name: "Table (CSV)" }).click();
    const csv = "slide,patient,site\nloose/alone.svs,P-77,site-z\nnowhere.svs,P-78,site-z\n";
    await page
      .getByLabel("Table", { exact: true })
      .setInputFiles({ name: "cases.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await page.getByRole("button", { name: "Bring in", exact: true }).click();
    await page.getByText("Brought in: 1 case, 1 slide.").waitFor();
    await page.getByText("nowhere.svs").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("P-77").first().waitFor();
  });

  it.each([
    ["light", 390, 844],
    ["light", 1280, 800],
    ["dark", 1280, 800],
    ["light", 3840, 2160],
    ["dark", 3840, 2160],
  ] as const)("has no serious violation and no sideways scrolling, %s at %i", async (colorScheme, width, height) => {
    const page = await room.open("/", { colorScheme, viewport: { width, height } });
    await page.getByRole("row").nth(1).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    const beyond = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll(".table-scroll")].map(
        (e) => e.scrollWidth - e.clientWidth,
      ),
    );
    expect(Math.max(...beyond)).toBeLessThanOrEqual(0);
    // A number that is cut short is another number.
    const numbers = page.locator(".interval .number");
    expect(await numbers.count()).toBeGreaterThan(0);
    const cut = await numbers.evaluateAll((all) =>
      all.map((own) => {
        const cell = own.closest("[role=gridcell]") as HTMLElement;
        return Math.max(own.scrollWidth - own.clientWidth, cell.scrollWidth - cell.clientWidth);
      }),
    );
    expect(Math.max(...cut)).toBeLessThanOrEqual(0);
  });

  it("wrote nothing to the console and asked nobody else", () => {
    expect(room.wrong).toEqual([]);
    expect(room.strayed).toEqual([]);
  });
});

describe.skipIf(isAbsent)("a long worklist", () => {
  let room: Room;
  const cases = 1500;
  beforeAll(async () => {
    room = await openRoom();
    const [project] = room.server.services.archive.projects;
    if (project === undefined) throw new Error("expected a project, received none");
    const now = new Date().toISOString();
    const rows = Array.from({ length: cases }, (_, i) => ({
      key: `f${i.toString(16).padStart(15, "0")}`,
      project: project.key,
      name: `L-${String(i).padStart(4, "0")}`,
      patient: null,
      site: null,
      state: "new" as const,
      assignee: null,
      facts: "{}",
      updated: now,
    }));
    await room.server.services.db.insertInto("patient_case").values(rows).execute();
  });
  afterAll(async () => {
    await room?.close();
  });

  it("keeps only the rows in view in the page, and fetches the rest as it is scrolled", async () => {
    const page = await room.open("/?order=name");
    await page.getByRole("row").nth(3).waitFor();
    const { total } = await room.server.call(worklist, {});
    expect(total).toBeGreaterThanOrEqual(cases);
    expect(await page.getByRole("row").count()).toBeLessThan(60);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const last = () => page.locator(`[role="row"][aria-selected="true"][aria-rowindex="${total + 1}"]`).count();
    for (let i = 0; i < 100 && (await last()) === 0; i++) {
      await page.getByRole("grid").focus();
      await page.keyboard.press("End");
      await page.waitForTimeout(100);
    }
    expect(await last()).toBe(1);
    expect(asked.filter((url) => url.includes("/worklist")).length).toBeGreaterThanOrEqual(Math.floor(cases / 500));
    expect(await page.getByRole("row").count()).toBeLessThan(60);
  });
});
