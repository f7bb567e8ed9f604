/**
 * The corpus of broken files: each is a few bytes against a sound slide, and says by which name it must fail, or why it may open.
 * NACRE_RECORD=1 writes the corpus anew from make-cases.ts; read what changed before it is kept.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BaseSlide, baseSlides } from "./base-slides.ts";
import { broken, type HostileCase } from "./edits.ts";
import { exercise } from "./exercise.ts";
import { makeCases } from "./make-cases.ts";

interface Recorded extends HostileCase {
  /** "open:hostile-file", "read:broken-tile", "opens". */
  readonly expected: string;
  /** Why it may open. */
  readonly reason?: string;
}

const path = new URL("corpus.json", import.meta.url);
const isRecording = process.env.NACRE_RECORD === "1";
const corpus: readonly Recorded[] = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
const bases = new Map<string, BaseSlide>();
const sound = new Map<string, string>();
const took = { ms: 0, slowest: 0, name: "" };

beforeAll(async () => {
  for (const base of await baseSlides()) bases.set(base.name, base);
});

async function outcomeOf(each: HostileCase) {
  const base = bases.get(each.base) as BaseSlide;
  const slide = broken(base, each);
  const start = performance.now();
  const done = await exercise(slide);
  const ms = performance.now() - start;
  took.ms += ms;
  if (ms > took.slowest) Object.assign(took, { slowest: ms, name: each.name });
  return done;
}

/** Why a broken slide may open: by what it shows. */
function reasonOf(each: HostileCase, pixels: string): string {
  const known = corpus.find(({ name }) => name === each.name)?.reason;
  if (known && !/^(same pixels: what was changed|TO EXPLAIN)/.test(known)) return known;
  return pixels === sound.get(each.base)
    ? "same pixels: what was changed is not needed to read them"
    : "TO EXPLAIN: other pixels";
}

describe("the sound slides", () => {
  it("all open and can be read", async () => {
    for (const base of bases.values()) {
      const { outcome, pixels } = await exercise(base);
      expect(outcome, base.name).toBe("opens");
      sound.set(base.name, pixels);
    }
  });
});

describe.runIf(isRecording)("recording", () => {
  it("writes the corpus", async () => {
    const lines: string[] = [];
    for (const each of makeCases([...bases.values()])) {
      const { outcome, pixels } = await outcomeOf(each).catch((error: unknown) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        return { outcome: `UNNAMED ${text.slice(0, 400)}`, pixels: "" };
      });
      const reason = outcome === "opens" ? { reason: reasonOf(each, pixels) } : {};
      lines.push(JSON.stringify({ ...each, expected: outcome, ...reason }));
    }
    writeFileSync(path, `[\n${lines.join(",\n")}\n]\n`);
  }, 120_000);
});

describe.skipIf(isRecording)("a broken slide", () => {
  afterAll(() => {
    if (process.env.NACRE_TIMES)
      console.log(
        `${corpus.length} cases, ${Math.round(took.ms)} ms, slowest ${Math.round(took.slowest)} ms: ${took.name}`,
      );
  });

  it("stands in a corpus of at least 300, each by one name", () => {
    expect(corpus.length).toBeGreaterThanOrEqual(300);
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
    const opening = corpus.filter(({ expected }) => expected === "opens");
    expect(opening.every(({ reason }) => (reason ?? "").length > 20)).toBe(true);
    expect(opening.length).toBeLessThan(corpus.length / 3);
  });

  it.each(corpus.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    const { outcome, pixels } = await outcomeOf(each);
    expect(outcome).toBe(each.expected);
    if (outcome === "opens" && each.reason?.startsWith("same pixels")) expect(pixels).toBe(sound.get(each.base));
  });
});
