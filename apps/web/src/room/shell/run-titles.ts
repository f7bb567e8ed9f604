/** What runs are called beside each other: by name where that tells them apart, else with when they began, else with the first digits of their key. */
import { writeMoment } from "./moment.ts";

export interface TitledRun {
  readonly key: string;
  readonly name: string;
  readonly started?: string | null;
}

/** A title for each run, by key; no two are the same. */
export function runTitles(runs: readonly TitledRun[]): ReadonlyMap<string, string> {
  return new Map(runs.map((run) => [run.key, FORMS.find((form) => isAlone(run, form, runs))?.(run) ?? run.key]));
}

const FORMS: readonly ((run: TitledRun) => string)[] = [
  ({ name }) => name,
  ({ name, started }) => (started == null ? name : `${name}, ${writeMoment(started)}`),
  ({ name, key }) => `${name}, ${key.slice(0, 6)}`,
];

const isAlone = (run: TitledRun, form: (run: TitledRun) => string, runs: readonly TitledRun[]): boolean =>
  runs.every((other) => other.key === run.key || form(other) !== form(run));
