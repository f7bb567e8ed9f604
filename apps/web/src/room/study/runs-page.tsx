/** Studies: every run that the person may see, newest first; some of them side by side; and a new one begun. */
import "./study.css";
import { listRuns } from "@nacre/api";
import { type ReactNode, useMemo, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { boardPath, runPath } from "../address.ts";
import { useCall } from "../client/use-call.ts";
import { count } from "../shell/count.ts";
import { useProjects } from "../shell/project.tsx";
import { runTitles } from "../shell/run-titles.ts";
import { useMay } from "../shell/session.tsx";
import { Button, ButtonLink, Empty, Failure, failureIn, Skeleton, Table, useKeys } from "../ui/index.ts";
import { Compare } from "./compare.tsx";
import { runColumns } from "./run-columns.tsx";
import { StartDialog } from "./start-dialog.tsx";
import { isLive } from "./words.ts";

const LIVE_MS = 3000;
const STILL_MS = 30_000;

export function RunsPage(): ReactNode {
  const { current } = useProjects();
  const mayStart = useMay("researcher");
  const [params, setParams] = useSearchParams();
  const [, go] = useLocation();
  const [isAsked, setAsked] = useState(false);
  const from = params.get("from");
  const isStarting = isAsked || from !== null;
  const setStarting = (is: boolean): void => {
    setAsked(is);
    if (!is && from !== null)
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          next.delete("from");
          return next;
        },
        { replace: true },
      );
  };
  const [chosen, setChosen] = useState<string | null>(null);
  const query = current === null ? {} : { project: current.key };
  const [everyMs, setEveryMs] = useState(STILL_MS);
  const { data, error, refetch } = useCall(listRuns, { query }, { everyMs });
  const rows = useMemo(() => data?.rows ?? [], [data]);
  const wanted = rows.some(({ state }) => isLive(state)) ? LIVE_MS : STILL_MS;
  if (wanted !== everyMs) setEveryMs(wanted);
  const compared = useMemo(() => (params.get("compare") ?? "").split(",").filter((key) => key !== ""), [params]);
  const columns = useMemo(() => {
    const toggle = (key: string): void => {
      const next = compared.includes(key) ? compared.filter((other) => other !== key) : [...compared, key];
      setParams(next.length === 0 ? {} : { compare: next.join(",") }, { replace: true });
    };
    return runColumns(runTitles(rows), compared, toggle);
  }, [rows, compared, setParams]);
  const at = rows.findIndex(({ key }) => key === chosen);
  const step = (by: number): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (row !== undefined) setChosen(row.key);
  };
  useKeys("Studies", [
    { keys: ["j", "ArrowDown"], says: "next run", do: () => step(1) },
    { keys: ["k", "ArrowUp"], says: "run before", do: () => step(-1) },
    { keys: ["Enter"], says: "open the run", do: () => chosen !== null && go(runPath(chosen)) },
    { keys: ["n"], says: "new study", do: () => mayStart && setStarting(true) },
  ]);
  const side = compared.flatMap((key) => rows.find((row) => row.key === key) ?? []);
  return (
    <div className="page stack runs">
      <div className="row spread">
        <div className="row">
          <h1>Studies</h1>
          <span className="soft" role="status">
            {data === undefined ? "" : count(rows.length, "run")}
          </span>
        </div>
        <div className="row">
          {current === null ? null : <ButtonLink to={boardPath(current.key)}>Board</ButtonLink>}
          {mayStart ? (
            <Button kind="primary" onClick={() => setStarting(true)}>
              New study…
            </Button>
          ) : null}
        </div>
      </div>
      {side.length > 0 ? <Compare runs={side} onClear={() => setParams({}, { replace: true })} /> : null}
      {error !== null ? (
        <Failure failure={failureIn(error)} title="The runs could not be read" retry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton lines={6} label="Loading the runs" />
      ) : rows.length === 0 ? (
        <Empty title="No run yet">
          <p>
            A study asks one question of a cohort of slides: which classes, which split, which encoder. Begin one here,
            or put a run folder of <code>nacre run</code> into a served folder.
          </p>
        </Empty>
      ) : (
        <div className="runs-table">
          <Table
            label="Runs"
            columns={columns}
            rows={rows}
            keyOf={(row) => row.key}
            chosen={chosen}
            onChoose={setChosen}
            onOpen={(key) => go(runPath(key))}
            rowRem={4.2}
          />
        </div>
      )}
      {mayStart ? (
        <StartDialog key={from} isOpen={isStarting} onClose={() => setStarting(false)} runs={rows} from={from} />
      ) : null}
    </div>
  );
}
