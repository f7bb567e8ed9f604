/** The numbers of a scorecard that stand in a list of runs, with their intervals. Of several questions, each question's. */
import type { RunRow } from "@nacre/api";
import { z } from "zod";

type Numbers = RunRow["numbers"];

const bound = z.number().nullable().default(null).catch(null);
const estimateSchema = z.looseObject({ value: z.number().nullable(), n: z.number(), low: bound, high: bound });
const partSchema = z.record(z.string(), z.unknown()).nullish().catch(null);
const cardSchema = z.looseObject({
  internal: partSchema,
  external: partSchema,
  tasks: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

const MOST = 24;

/** Estimates at the top of each part, in the scorecard's order: what it puts there is what it wants read first. */
export function headlineNumbers(scorecard: unknown): Numbers {
  const card = cardSchema.safeParse(scorecard);
  if (!card.success) return [];
  const { tasks, internal, external } = card.data;
  const own = [...numbersOf(internal, "internal"), ...numbersOf(external, "external")];
  const nested = Object.entries(tasks ?? {}).flatMap(([task, one]) =>
    headlineNumbers(one).map((number) => ({ ...number, name: `${task} ${number.name}` })),
  );
  return [...own, ...nested].slice(0, MOST);
}

function numbersOf(part: z.infer<typeof partSchema>, name: "internal" | "external"): Numbers {
  return Object.entries(part ?? {}).flatMap(([measure, said]) => {
    const estimate = estimateSchema.safeParse(said);
    if (!estimate.success) return [];
    const { value, low, high, n } = estimate.data;
    return [{ name: measure, part: name, value, low, high, n: Math.round(n) }];
  });
}
