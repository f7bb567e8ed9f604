/** Tables of one task must answer one question; the order of classes and labels may differ. */
import { fail, type Outcome } from "@nacre/core";
import type { BoardEntry } from "./board-entry.ts";
import { type BoardKindName, KIND_TEXT } from "./board-question.ts";

/** The failure of an entry that answers something else than its task asks. */
export function otherQuestion({ name, question }: BoardEntry, kind: BoardKindName): Outcome<never> {
  return fail("bad-value", {
    expected: `a table that answers ${KIND_TEXT[kind]}, as the first of its task does`,
    received: `one that answers ${KIND_TEXT[question.kind]}: ${name}`,
    remedy: "give the table a task of its own",
  });
}

/** Where each wanted name stands in `given`; `same` for the same order, null for other names. */
export function inOrderOf(wanted: readonly string[], given: readonly string[]): readonly number[] | "same" | null {
  const order = wanted.map((name) => given.indexOf(name));
  if (order.includes(-1) || given.length !== wanted.length) return null;
  return order.every((from, to) => from === to) ? "same" : order;
}
