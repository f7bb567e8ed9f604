/**
 * Time to an event, read off two columns. Parts are balanced by whether the event was seen; where nearly everybody had it, by whether it
 * came early or late.
 */
import { fail, type Outcome, ok, type SurviveTask } from "@nacre/core";
import type { SingleStudyTask } from "../study-schema.ts";
import { badCell, numberCell, yesNoCell } from "./cell.ts";
import { groupTask, numberGroups } from "./groups.ts";
import type { CohortCells, QuestionKind } from "./question.ts";

interface Follow {
  readonly time: number;
  readonly event: boolean;
}

type Asked = Extract<SingleStudyTask, { kind: "survive" }>;

/** With fewer censored than this share, early and late say more of a part than censored and not. */
const FEW_CENSORED = 0.2;

export const surviveQuestion: QuestionKind<Asked, SurviveTask> = {
  columns: ({ time, event }) => [time, event],
  read(asked, rows, file) {
    const read = readFollowUp(asked, rows);
    if (!read.ok) return read;
    const known = read.value.filter((follow) => follow !== null);
    const events = known.filter(({ event }) => event).length;
    if (events === 0) {
      return fail("no-events", {
        expected: `at least one event in column ${asked.event} of ${file}`,
        received: known.length === 0 ? "no follow-up at all" : `${known.length} slides, all censored`,
        remedy: "check how the event column is coded: 1 where the event came, 0 where it did not",
      });
    }
    const early =
      known.length - events < FEW_CENSORED * known.length ? numberGroups(known.map(({ time }) => time)) : null;
    const groupOf = ({ time, event }: Follow): string => early?.of(time) ?? (event ? "event" : "censored");
    if (early === null && events === known.length) return allAtOnce(asked, known.length);
    return ok({
      question: { kind: "survive", time: asked.time, event: asked.event, intervals: asked.intervals },
      task: groupTask(early === null ? asked.event : asked.time, early?.classes ?? ["censored", "event"]),
      answers: read.value.map((follow) =>
        follow === null
          ? null
          : { answer: follow, text: `${follow.time}${follow.event ? "" : "+"}`, group: groupOf(follow) },
      ),
      dropped: 0,
    });
  },
};

function readFollowUp({ time, event }: Asked, rows: readonly CohortCells[]): Outcome<(Follow | null)[]> {
  const all: (Follow | null)[] = [];
  for (const row of rows) {
    const [until, came] = [numberCell(row, time, "a time"), yesNoCell(row, event)];
    if (!until.ok) return until;
    if (!came.ok) return came;
    if (until.value !== null && until.value < 0) return badCell(row, time, "a time of 0 or more");
    if ((until.value === null) !== (came.value === null)) {
      return badCell(
        row,
        until.value === null ? time : event,
        "a value, since the other column of the follow-up has one,",
      );
    }
    all.push(until.value === null ? null : { time: until.value, event: came.value === 1 });
  }
  return ok(all);
}

function allAtOnce({ time }: Asked, count: number): Outcome<never> {
  return fail("one-class", {
    expected: `times that differ in column ${time}`,
    received: `${count} slides with the event at one time`,
    remedy: "check the time column",
  });
}
