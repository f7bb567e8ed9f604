/**
 * One entry of a reporting checklist, and the four honest ways of answering it. What the software cannot know is handed to the
 * author in so many words; nothing is filled in to look complete.
 */
import type { Known } from "./known.ts";

/**
 * `stated`: the text answers it · `partly`: it answers a part and says what the author must add · `not known`: a run would
 * know it, this input does not say · `author`: no software can know it.
 */
export type ItemStatus = "stated" | "partly" | "not known" | "author";

export interface ChecklistItem {
  /** Number as the checklist prints it: "1", "3a". */
  readonly item: string;
  readonly section: string;
  /** Our own short words for what it asks. */
  readonly topic: string;
  readonly status: ItemStatus;
  readonly text: string;
  /** File of the run folder that holds it; empty where there is none. */
  readonly where: string;
}

/** An answer before it gets its number. */
export type Answer = Pick<ChecklistItem, "status" | "text" | "where">;

/** The fact answers it; without it the answer is not known here. */
export function whole(fact: string | null, where: string, what: string): Answer {
  if (fact === null) return unknown(what);
  return { status: "stated", text: fact, where };
}

/** The fact answers a part and the author adds the rest; without it the answer is not known here and the author states all. */
export function part(fact: string | null, where: string, rest: string): Answer {
  if (fact === null) return unknown(`the whole of it, with ${rest}`);
  return { status: "partly", text: `${fact} Author must state: ${rest}.`, where };
}

/** Only a person can say it. */
export function author(what: string): Answer {
  return { status: "author", text: `Author must state: ${what}.`, where: "" };
}

/** A run would know it; what was judged here does not say. */
export function unknown(what: string): Answer {
  return { status: "not known", text: `The judged input does not say. Author must state: ${what}.`, where: "" };
}

/** Number, topic and answer. */
export type Entry = readonly [item: string, topic: string, answer: Answer];

/** The entries of one section, in order. */
export function section(name: string, entries: readonly Entry[]): ChecklistItem[] {
  return entries.map(([item, topic, answer]) => ({ item, section: name, topic, ...answer }));
}

/** The entries of a study, pointing at the files that there are. */
export function finished({ report, card }: Known, items: readonly ChecklistItem[]): ChecklistItem[] {
  return pointing(items, report === null ? (card.file ?? "scorecard.json") : null);
}

/** Where only a table was judged there is no run folder to point into: what is known stands in the table or in scorecard.json. */
function pointing(items: readonly ChecklistItem[], table: string | null): ChecklistItem[] {
  if (table === null) return [...items];
  const kept = new Set(["", "scorecard.json", "model/model-card.md"]);
  return items.map((i) => (kept.has(i.where) ? i : { ...i, where: table }));
}
