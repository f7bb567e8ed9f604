/** From a scorecard to its readings: the one place that asks which kind an answer is. */
import type { AnswerScore } from "../../judge/judge-answers.ts";
import { listed } from "../../report/number-text.ts";
import type { AnswerCard, CardOfKind, ClassCard, JudgedCard, TasksCard } from "../known.ts";
import { classReading } from "./class-reading.ts";
import { multilabelReading } from "./multilabel-reading.ts";
import type { Reading } from "./reading.ts";
import { regressReading } from "./regress-reading.ts";
import { surviveReading } from "./survive-reading.ts";

/** Every sentence asks for them: made once a scorecard, whose value never changes. */
const made = new WeakMap<JudgedCard, readonly Reading[]>();

/** One reading a question, in their order. */
export function readingsOf(card: JudgedCard): readonly Reading[] {
  const before = made.get(card);
  if (before !== undefined) return before;
  const readings = madeOf(card);
  made.set(card, readings);
  return readings;
}

function madeOf(card: JudgedCard): Reading[] {
  if (isTasks(card)) return Object.entries(card.tasks).map(([name, one]) => readingOf(one, name));
  return [readingOf(card, null)];
}

/** What a model of these readings does: its verb and the rest of the sentence. */
export function doesText(readings: readonly Reading[], form: "one" | "many"): string {
  const [first] = readings as readonly [Reading];
  const said = ({ does: [verb, rest] }: Reading): string => `${verb}${form === "one" ? "s" : ""} ${rest}`;
  if (readings.length === 1 && first.name === null) return said(first);
  const each = readings.map((r) => `${r.name} (${said(r)})`);
  return `answer${form === "one" ? "s" : ""} ${readings.length} questions at once: ${listed(each)}`;
}

function readingOf(card: ClassCard | AnswerCard, name: string | null): Reading {
  switch (card.task.kind) {
    case "classify":
      return classReading(card as ClassCard, name);
    case "survive":
      return surviveReading(cardOfKind(card, "survive"), name);
    case "regress":
      return regressReading(cardOfKind(card, "regress"), name);
    case "multilabel":
      return multilabelReading(cardOfKind(card, "multilabel"), name);
  }
}

/** The kind of the question is that of the parts: one judge made both. */
function cardOfKind<K extends AnswerScore["kind"]>(card: ClassCard | AnswerCard, _kind: K): CardOfKind<K> {
  return card as unknown as CardOfKind<K>;
}

function isTasks(card: JudgedCard): card is TasksCard {
  return card.task.kind === "multitask";
}
