/** Which served folder is looked at. Kept in this browser; nothing chosen: all that the person may see. */
import { listProjects, type RouteReply } from "@nacre/api";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { useCall } from "../client/use-call.ts";
import { keep, kept } from "./kept.ts";

export type ProjectRow = RouteReply<typeof listProjects>["rows"][number];

export interface Projects {
  /** Null until they are known. */
  readonly rows: readonly ProjectRow[] | null;
  /** The chosen one; null: all. With one folder served, that one. */
  readonly current: ProjectRow | null;
  /** The one whose board is gone to; null while none is known. */
  readonly board: ProjectRow | null;
  readonly choose: (key: string | null) => void;
  /** Something that is shown comes from synthetic data. */
  readonly isSynthetic: boolean;
}

const ProjectsContext = createContext<Projects>({
  rows: null,
  current: null,
  board: null,
  choose: () => {},
  isSynthetic: false,
});

export const useProjects = (): Projects => useContext(ProjectsContext);

export function WithProjects({ children }: { readonly children: ReactNode }): ReactNode {
  const [chosen, setChosen] = useState(() => kept("project"));
  const [isScanning, setScanning] = useState(false);
  const { data } = useCall(listProjects, {}, { everyMs: isScanning ? 1500 : 60_000 });
  const scanning = data?.rows.some((row) => row.scanning) ?? false;
  if (scanning !== isScanning) setScanning(scanning);
  const client = useQueryClient();
  const found = JSON.stringify(data?.rows.map(({ key, slides, cases, runs }) => [key, slides, cases, runs]));
  useEffect(() => {
    // A scan has found something: lists that were read before it are old.
    if (found !== undefined)
      for (const name of ["worklist", "listRuns", "listSlides"]) void client.invalidateQueries({ queryKey: [name] });
  }, [client, found]);
  const choose = useCallback((key: string | null) => {
    keep("project", key);
    setChosen(key);
  }, []);
  const projects = useMemo((): Projects => {
    const rows = data?.rows ?? null;
    const current = rows?.length === 1 ? (rows[0] ?? null) : (rows?.find((row) => row.key === chosen) ?? null);
    const shown = current === null ? (rows ?? []) : [current];
    return {
      rows,
      current,
      board: current ?? rows?.[0] ?? null,
      choose,
      isSynthetic: shown.some((row) => row.synthetic),
    };
  }, [data, chosen, choose]);
  return <ProjectsContext value={projects}>{children}</ProjectsContext>;
}
