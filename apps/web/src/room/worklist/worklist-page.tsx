/** The worklist: cases in the order of need, as a pathologist reads them in the morning. Filters stand in the address, so that Back keeps them. */
import "./worklist.css";
import { caseStateSchema, triageSchema } from "@nacre/api";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { casePath } from "../address.ts";
import { count } from "../shell/count.ts";
import { useProjects } from "../shell/project.tsx";
import { useMay, useSession } from "../shell/session.tsx";
import { Button, Failure, failureIn, Skeleton, Table, useKeys, useNarrow } from "../ui/index.ts";
import { worklistColumns } from "./columns.tsx";
import { EmptyWorklist } from "./empty-worklist.tsx";
import { Filters } from "./filters.tsx";
import { ImportDialog } from "./import-dialog.tsx";
import { Thresholds } from "./thresholds.tsx";
import { useSettled } from "./use-settled.ts";
import { useCaseChange, useWorklist, type WorklistFilter } from "./use-worklist.ts";

const ORDERS = ["need", "name", "updated", "value"] as const;

/** The filter that an address names; what it does not know is left out. */
export function filterOf(params: URLSearchParams, project: string | undefined): WorklistFilter {
  const word = (name: string): string | undefined => params.get(name) ?? undefined;
  const filter = {
    project,
    run: /^[0-9a-f]{16}$/.test(params.get("run") ?? "") ? word("run") : undefined,
    triage: triageSchema.safeParse(params.get("triage")).data,
    state: caseStateSchema.safeParse(params.get("state")).data,
    assignee: word("assignee"),
    flag: word("flag"),
    find: word("find")?.trim() || undefined,
    order: ORDERS.find((order) => order === params.get("order")),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

export function WorklistPage(): ReactNode {
  const { person } = useSession();
  const { rows: projects, current } = useProjects();
  const mayRead = useMay("reader");
  const [params, setParams] = useSearchParams();
  const [, go] = useLocation();
  const [isImporting, setImporting] = useState(false);
  const find = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const settled = useSettled(params.toString(), 150);
  const filter = useMemo(() => filterOf(new URLSearchParams(settled), current?.key), [settled, current]);
  const isNarrow = useNarrow();
  const asked = filterOf(params, current?.key);
  const list = useWorklist(filter);
  const change = useCaseChange();
  const { first, rows } = list;
  const chosen = rows.find((row) => row.key === params.get("at")) ?? rows[0];
  const columns = useMemo(() => {
    const sites = new Set(rows.map((row) => row.site).filter((site) => site !== null));
    return worklistColumns(first?.thresholds ?? null, { hasSites: sites.size > 0, isNarrow });
  }, [first, rows, isNarrow]);

  const set = (change: Record<string, string | null | undefined>): void =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        for (const [name, value] of Object.entries(change))
          if (value === null || value === undefined) next.delete(name);
          else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const choose = (key: string): void => set({ at: key });
  // Whoever walks the list has left the chip or field that was last used: Enter opens the case, and does not press that again.
  const toList = (): void => {
    find.current?.blur();
    grid.current?.focus({ preventScroll: true });
  };
  const step = (by: number): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, (chosen === undefined ? -1 : rows.indexOf(chosen)) + by))];
    if (row !== undefined) choose(row.key);
    toList();
  };
  const showAll = (): void => set({ triage: null, state: null, assignee: null, flag: null, find: null, at: null });
  const open = (key: string | undefined): void => {
    if (key === undefined) return;
    set({ at: key });
    go(casePath(key));
  };
  const assign = (to: string | null): void => {
    if (chosen !== undefined && mayRead) change.mutate({ params: { case: chosen.key }, body: { assignee: to } });
  };
  const isMine = asked.assignee === person.name;
  useKeys("Worklist", [
    { keys: ["j", "ArrowDown"], says: "next case", do: () => step(1) },
    { keys: ["k", "ArrowUp"], says: "case before", do: () => step(-1) },
    { keys: ["Enter"], says: "open the case", do: () => open(chosen?.key) },
    { keys: ["a"], says: "assign to me", do: () => assign(person.name) },
    { keys: ["u"], says: "assign to nobody", do: () => assign(null) },
    { keys: ["m"], says: "mine alone, or all", do: () => set({ assignee: isMine ? null : person.name, at: null }) },
    { keys: ["o"], says: "another order: need, name, answer", do: () => set({ order: nextOrder(asked.order) }) },
    { keys: ["x"], says: "show all", do: showAll },
    { keys: ["/"], says: "find", do: () => find.current?.select() },
    { keys: ["i"], says: "bring in cases", do: () => setImporting(true) },
  ]);

  const isUnfiltered = Object.keys(filter).every((name) => name === "project" || name === "order" || name === "run");
  const isEmpty = first !== undefined && first.total === 0 && !list.isFormer;
  return (
    <div className="worklist">
      <div className="worklist-head">
        <div className="row">
          <h1>Worklist</h1>
          <span className="soft" role="status">
            {first === undefined ? "" : countOf(first.total, isUnfiltered)}
          </span>
        </div>
        <div className="row">
          <input
            ref={find}
            type="search"
            className="input find"
            aria-label="Find a case, patient, slide, site or person"
            placeholder="Find…  ( / )"
            value={params.get("find") ?? ""}
            onChange={(event) => set({ find: event.target.value === "" ? null : event.target.value })}
            onKeyDown={(event) => {
              if (event.key === "Escape" || event.key === "Enter") toList();
            }}
          />
          <Button onClick={() => setImporting(true)}>Bring in cases…</Button>
        </div>
      </div>
      {first?.thresholds ? <Thresholds thresholds={first.thresholds} /> : null}
      <Filters
        filter={asked}
        onFilter={(next) => set({ ...next, at: null })}
        counts={first?.counts}
        rows={rows}
        me={person.name}
      />
      {change.error === null ? null : <Failure failure={failureIn(change.error)} title="Not changed" />}
      {list.failure !== null ? (
        <Failure failure={failureIn(list.failure)} title="The worklist could not be read" retry={list.again} />
      ) : first === undefined ? (
        <Skeleton lines={8} label="Loading the worklist" />
      ) : isEmpty ? (
        <EmptyWorklist
          isFiltered={!isUnfiltered}
          isScanning={projects?.some((row) => row.scanning) ?? false}
          onImport={() => setImporting(true)}
          onClear={showAll}
        />
      ) : (
        <Table
          label="Cases"
          focusRef={grid}
          columns={columns}
          rows={rows}
          total={first.total}
          keyOf={(row) => row.key}
          chosen={chosen?.key ?? null}
          onChoose={choose}
          onOpen={open}
          order={asked.order ?? "need"}
          onOrder={(order) => set({ order: order === "need" ? null : order })}
          rowRem={isNarrow ? 4.3 : 3.9}
          onEnd={list.more}
        />
      )}
      <ImportDialog isOpen={isImporting} onClose={() => setImporting(false)} />
    </div>
  );
}

/** The order after this one, of those that a column shows; null: of need, which the address leaves out. */
function nextOrder(order: WorklistFilter["order"]): string | null {
  return order === "name" ? "value" : order === "value" ? null : "name";
}

function countOf(total: number, isAll: boolean): string {
  return isAll ? count(total, "case") : `${total.toLocaleString("en-GB")} shown by the filters`;
}
