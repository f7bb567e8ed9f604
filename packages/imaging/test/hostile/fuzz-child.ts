/** The process in which changed slides are opened: it may die, hang or swell without harm to the one that watches it. For tests only. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { randomStream } from "@nacre/core";
import { nodeCodecs } from "../../src/node.ts";
import { baseSlides } from "./base-slides.ts";
import { exercise } from "./exercise.ts";
import { exerciseDeid, type Spoil } from "./exercise-deid.ts";
import { mutate } from "./mutate.ts";
import { hasDeid, plant as hide } from "./plant.ts";

/** What the watcher sends: the number of a file, and where to keep it if it must be looked at. */
interface Ask {
  readonly n: number;
  readonly keep?: string;
}

/** Of so many files one has secrets planted, and is de-identified. */
const EACH = 4;
/** What a copy suffers on purpose at files 8, 9 and 10, to see that the watcher notices. */
const SPOILT: readonly Spoil[] = ["leak", "dirt", "cut"];

/** What goes wrong on purpose at files 3, 4, ..., to see that the watcher notices. */
const FAULTS: readonly (() => unknown)[] = [
  () => process.abort(),
  () => {
    for (const end = process.cpuUsage().user + 2.5e6; process.cpuUsage().user < end; ) {
      for (let i = 0; i < 1e6; i++) Math.sqrt(i);
    }
  },
  () => Buffer.alloc(900 * 2 ** 20, 1).length,
  () => void Promise.reject(new Error("planted")),
  () => {
    throw new TypeError("planted");
  },
];

/** `folder`: where copies are made. */
export async function serve(seed: number, folder: string, plant = false): Promise<void> {
  const bases = await baseSlides();
  for (const base of bases) {
    const { outcome } = await exercise(base);
    if (outcome !== "opens") throw new Error(`expected a sound ${base.name}, received one that ${outcome}`);
  }
  const served = bases.filter(hasDeid);
  const spoilOf = (n: number): Spoil | undefined => (plant ? SPOILT[n - 8] : undefined);
  const isForDeid = (n: number): boolean => n % EACH === 0 || spoilOf(n) !== undefined;
  const changed = (n: number) => {
    const chance = randomStream(seed, `file ${n}`);
    const list = isForDeid(n) ? served : bases;
    const base = list[chance.below(list.length)] as (typeof bases)[number];
    if (spoilOf(n) !== undefined) return base;
    if (!isForDeid(n)) return mutate(base, chance);
    const after = chance.below(3) === 0 ? base : mutate(base, chance);
    return chance.below(6) === 0 ? after : hide(after, after === base, chance);
  };
  const tried = async (n: number, slide: (typeof bases)[number]): Promise<string> => {
    if (!isForDeid(n)) return (await exercise(slide)).outcome;
    const isSeries = slide.main.endsWith(".dcm") && randomStream(seed, `series ${n}`).below(3) === 0;
    return exerciseDeid(slide, { folder, isSeries, spoil: spoilOf(n) });
  };
  process.on("unhandledRejection", (error) =>
    process.send?.({ unhandled: String(error instanceof Error ? error.stack : error) }),
  );
  process.on("message", async ({ n, keep }: Ask) => {
    const slide = changed(n);
    if (keep !== undefined) {
      for (const [name, bytes] of slide.files) {
        mkdirSync(dirname(join(keep, name)), { recursive: true });
        writeFileSync(join(keep, name), bytes);
      }
      process.send?.({ n, kept: slide.name });
      return;
    }
    const [cpu, peak] = [process.cpuUsage(), process.resourceUsage().maxRSS];
    let outcome: string;
    let stack = "";
    try {
      if (plant) FAULTS[n - 3]?.();
      outcome = await tried(n, slide);
    } catch (error) {
      outcome = "unnamed";
      stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    const used = process.cpuUsage(cpu);
    const mb = (process.resourceUsage().maxRSS - peak) / 1024;
    process.send?.({ n, base: slide.name, outcome, stack, ms: (used.user + used.system) / 1000, mb });
  });
  const decoders = [(await nodeCodecs.jpeg()).info, (await nodeCodecs.jpeg2000()).info];
  process.send?.({
    ready: bases.map(({ name }) => name),
    decoders: decoders.map(({ name, native, version }) => `${name} ${version}, ${native ? "native" : "WebAssembly"}`),
  });
}
