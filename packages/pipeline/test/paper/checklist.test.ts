/** The two checklists: every entry is there, what is known is filled in, and nothing is made up. */
import { describe, expect, it } from "vitest";
import type { ChecklistItem } from "../../src/paper/checklist.ts";
import { claim } from "../../src/paper/claim.ts";
import type { Known } from "../../src/paper/known.ts";
import { renderChecklist } from "../../src/paper/render-checklist.ts";
import { tripodAi } from "../../src/paper/tripod-ai.ts";
import { readPage } from "../report/markup-check.ts";
import { runKnown, tableKnown } from "./known-fixture.ts";

const lettered = (item: number, letters: string): string[] => [...letters].map((l) => `${item}${l}`);
const TRIPOD_NUMBERS = [
  ...["1", "2", ...lettered(3, "abc"), "4", ...lettered(5, "ab"), ...lettered(6, "abc"), "7"],
  ...[
    ...lettered(8, "abc"),
    ...lettered(9, "abc"),
    "10",
    "11",
    ...lettered(12, "abcdefg"),
    "13",
    "14",
    "15",
    "16",
    "17",
  ],
  ...[...lettered(18, "abcdef"), "19", ...lettered(20, "abc"), "21", "22", ...lettered(23, "ab"), "24", "25", "26"],
  ...lettered(27, "abc"),
];
const CHECKLISTS = [
  { name: "TRIPOD+AI", of: tripodAi, numbers: TRIPOD_NUMBERS },
  { name: "CLAIM", of: claim, numbers: Array.from({ length: 44 }, (_, i) => String(i + 1)) },
];

describe.each(CHECKLISTS)("$name", ({ of, numbers }) => {
  it("has every entry of the published list once, in order", () => {
    expect(of(runKnown()).map((i) => i.item)).toEqual(numbers);
    expect(of(tableKnown()).map((i) => i.item)).toEqual(numbers);
  });

  it("gives a text for every entry, and asks the author wherever it is not complete", () => {
    for (const i of [...of(runKnown()), ...of(tableKnown())]) {
      expect(i.text, i.item).toMatch(/^\S.*\.$/s);
      expect(i.text.includes("Author must state"), `${i.item}: ${i.text}`).toBe(i.status !== "stated");
      expect(i.text).not.toMatch(/: undefined|NaN|\[object|null\./);
    }
  });

  it("points at a file exactly where something is known", () => {
    for (const i of of(runKnown())) expect(i.where !== "", i.item).toBe(i.status === "stated" || i.status === "partly");
  });

  it("states less of a table of predictions than of a run, and never points into a run folder", () => {
    const stated = (items: readonly ChecklistItem[]): number => items.filter((i) => i.status === "stated").length;
    const table = of(tableKnown());
    expect(stated(table)).toBeLessThan(stated(of(runKnown())));
    expect(table.some((i) => i.status === "not known")).toBe(true);
    for (const i of table) expect(i.where).not.toMatch(/study\.yaml|report\.html|slides\.csv|provenance/);
  });

  it("is the same for the same knowledge", () => {
    expect(of(runKnown({ pictures: false }))).toEqual(of(runKnown()));
  });
});

const entry = (items: readonly ChecklistItem[], item: string): ChecklistItem => {
  const found = items.find((i) => i.item === item);
  if (found === undefined) throw new Error(`no item ${item}`);
  return found;
};

describe("what only a person can know", () => {
  it.each([["3a", "3c", "6c", "8b", "8c", "17", "18a", "18b", "18d", "19", "25"]])(
    "is left to the author by TRIPOD+AI however much is known: %s and others",
    (...items) => {
      for (const item of items)
        expect(entry(tripodAi(runKnown()), item)).toMatchObject({ status: "author", where: "" });
    },
  );

  it.each([["3", "5", "11", "15", "16", "17", "18", "34", "41", "44"]])(
    "is left to the author by CLAIM however much is known: %s and others",
    (...items) => {
      for (const item of items) expect(entry(claim(runKnown()), item)).toMatchObject({ status: "author", where: "" });
    },
  );
});

describe("what is filled in", () => {
  const known = runKnown();
  const items = tripodAi(known);

  it("holds the number with its interval and n, external first", () => {
    const { text } = entry(items, "23a");
    const { external } = known.card;
    expect(text).toContain(`External: AUROC ${external?.auroc.value?.toFixed(3)} (95 % interval`);
    expect(text.indexOf("External")).toBeLessThan(text.indexOf("Internal"));
    expect(text).toContain("slope");
    expect(text).toContain("lowest:");
  });

  it("holds the flow, the gaps, the parts and the seed", () => {
    expect(entry(items, "20a").text).toContain("2 slides of 2 patients: failed to open or to encode");
    expect(entry(items, "11").text).toContain("egfr 1 of 64 rows");
    expect(entry(items, "12a").text).toContain("external 20 patients (10 wild, 10 mutant)");
    expect(entry(claim(known), "23").text).toContain("seed 7");
  });

  it("says that the last epoch was kept where there was no tune part", () => {
    const blind: Known = {
      ...known,
      facts: { ...(known.facts as NonNullable<Known["facts"]>), chosenBy: ["last-epoch"] },
    };
    expect(entry(claim(blind), "26").text).toContain("No tune part: the last epoch is kept");
  });

  it("names the checks that could not be made beside the claim that nothing was found", () => {
    expect(entry(claim(known), "20").text).toContain("Not checked: duplicate-pixels");
  });

  it("names a leak where the audit found one", () => {
    const leak = {
      kind: "patient-leak",
      severity: "refuse",
      count: 3,
      share: 0.1,
      examples: [],
      effect: "",
      remedy: "",
    } as const;
    const audit = { ...(known.card.audit as NonNullable<Known["card"]["audit"]>), findings: [leak] };
    const text = entry(claim({ ...known, card: { ...known.card, audit } }), "20").text;
    expect(text).toContain("patient-leak (3 patients, 10.0 % of the test patients");
    expect(text).not.toContain("no patient or slide in two parts");
  });

  it("asks why there is no external test where there is none", () => {
    const alone: Known = { ...known, card: { ...known.card, external: null } };
    expect(entry(claim(alone), "33")).toMatchObject({ status: "partly" });
    expect(entry(tripodAi(alone), "16").text).toContain("no external part");
  });
});

describe("a rendered checklist", () => {
  const hostile: ChecklistItem = {
    item: "1",
    section: "A | B",
    topic: "t",
    status: "stated",
    text: "a | b\n<script>alert(1)</script> `x` $y$",
    where: "study.yaml",
  };

  it("lets no text of a table become markup or break a row", () => {
    const { markdown, html } = renderChecklist([hostile], "<b>x</b>");
    expect(html.markup).not.toContain("<script>");
    expect(html.markup).not.toContain("<b>x");
    expect(markdown).not.toContain("<script>");
    expect(markdown).toContain(
      "| 1 | t | stated | a \\| b &lt;script&gt;alert(1)&lt;/script&gt; \\`x\\` \\$y\\$ | study.yaml |",
    );
  });

  it("is well-formed HTML with every entry in it", () => {
    const items = tripodAi(runKnown());
    const { html } = renderChecklist(items, "TRIPOD+AI");
    expect(() => readPage(html.markup)).not.toThrow();
    expect(html.markup.match(/<tr><th scope="row">/g)).toHaveLength(items.length);
  });

  it("counts what is whose, and begins with its notices", () => {
    const { markdown } = renderChecklist(claim(runKnown()), "CLAIM", { notices: ["SYNTHETIC"] });
    expect(markdown.split("\n")[0]).toBe("**SYNTHETIC**");
    expect(markdown).toMatch(/Of 44 entries: \d+ stated, \d+ partly, \d+ not known, \d+ author\./);
  });
});
