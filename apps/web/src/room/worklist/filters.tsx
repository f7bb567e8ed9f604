/** What of the list is shown: chips of triage group and state with their counts, one's own, flags, and whose answers. */
import { type CaseRow, listRuns, type RouteReply, type worklist } from "@nacre/api";
import { type ReactNode, useMemo } from "react";
import { useCall } from "../client/use-call.ts";
import { runTitles } from "../shell/run-titles.ts";
import { Chip } from "../ui/index.ts";
import type { WorklistFilter } from "./use-worklist.ts";
import { CASE_STATES, STATE, TRIAGE, TRIAGE_GROUPS } from "./words.ts";

export interface FiltersProps {
  readonly filter: WorklistFilter;
  readonly onFilter: (change: Partial<Record<keyof WorklistFilter, string | null>>) => void;
  readonly counts: RouteReply<typeof worklist>["counts"] | undefined;
  readonly rows: readonly CaseRow[];
  readonly me: string;
}

export function Filters({ filter, onFilter, counts, rows, me }: FiltersProps): ReactNode {
  const flags = useMemo(() => {
    const seen = new Set(rows.flatMap((row) => row.flags));
    if (filter.flag !== undefined) seen.add(filter.flag);
    return [...seen].sort();
  }, [rows, filter.flag]);
  const toggle = (name: keyof WorklistFilter, value: string) => () =>
    onFilter({ [name]: filter[name] === value ? null : value });
  const hasAny = [filter.triage, filter.state, filter.assignee, filter.flag, filter.find].some((v) => v !== undefined);
  return (
    <div className="filters">
      <fieldset className="chips">
        <legend>Triage</legend>
        {TRIAGE_GROUPS.filter((group) => (counts?.triage[group] ?? 0) > 0 || filter.triage === group).map((group) => (
          <Chip
            key={group}
            isOn={filter.triage === group}
            onToggle={toggle("triage", group)}
            count={counts?.triage[group] ?? 0}
          >
            {TRIAGE[group].title}
          </Chip>
        ))}
      </fieldset>
      <fieldset className="chips">
        <legend>State</legend>
        {CASE_STATES.map((state) => (
          <Chip
            key={state}
            isOn={filter.state === state}
            onToggle={toggle("state", state)}
            count={counts?.state[state] ?? 0}
          >
            {STATE[state].title}
          </Chip>
        ))}
      </fieldset>
      <fieldset className="chips">
        <legend>Assigned</legend>
        <Chip isOn={filter.assignee === me} onToggle={toggle("assignee", me)}>
          To me
        </Chip>
        <Chip isOn={filter.assignee === ""} onToggle={toggle("assignee", "")}>
          To nobody
        </Chip>
      </fieldset>
      {flags.length === 0 ? null : (
        <fieldset className="chips">
          <legend>Flags</legend>
          {flags.map((flag) => (
            <Chip key={flag} isOn={filter.flag === flag} onToggle={toggle("flag", flag)}>
              {flag}
            </Chip>
          ))}
        </fieldset>
      )}
      <RunChoice filter={filter} onFilter={onFilter} />
      {hasAny ? (
        <button
          type="button"
          className="button quiet"
          onClick={() => onFilter({ triage: null, state: null, assignee: null, flag: null, find: null })}
        >
          Show all
        </button>
      ) : null}
    </div>
  );
}

/** Which run's answers order the list: the newest of each case, or one run's. */
function RunChoice({ filter, onFilter }: Pick<FiltersProps, "filter" | "onFilter">): ReactNode {
  const { data } = useCall(listRuns, { query: filter.project === undefined ? {} : { project: filter.project } });
  const runs = data?.rows ?? [];
  if (runs.length < 2) return null;
  const titles = runTitles(runs);
  return (
    <label className="run-choice">
      <span>Answers of</span>
      <select
        className="input bar-select"
        value={filter.run ?? ""}
        onChange={(event) => onFilter({ run: event.target.value === "" ? null : event.target.value })}
      >
        <option value="">the newest run of each case</option>
        {runs.map((run) => (
          <option key={run.key} value={run.key}>
            {titles.get(run.key)}
          </option>
        ))}
      </select>
    </label>
  );
}
