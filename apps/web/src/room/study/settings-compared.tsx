/** What the studies of some runs ask differently, key by key: a number is only worth as much as the question behind it. */
import { type RunRow, readRun } from "@nacre/api";
import { useQueries } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { asQuery } from "../client/use-call.ts";

type Settings = Readonly<Record<string, string>>;

/** Names and places differ by themselves. */
const OWN = new Set(["name"]);

/** Keys of which the studies do not all have the same value, in the order in which they are met; what a study leaves out is null. */
export function differing(all: readonly Settings[]): { readonly key: string; readonly values: (string | null)[] }[] {
  const keys = [...new Set(all.flatMap((settings) => Object.keys(settings)))].filter((key) => !OWN.has(key));
  return keys
    .map((key) => ({ key, values: all.map((settings) => settings[key] ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** Rows of a table whose columns are the runs. */
export function SettingsCompared({ runs }: { readonly runs: readonly RunRow[] }): ReactNode {
  const read = useQueries({
    queries: runs.map(({ key }) => ({ ...asQuery(readRun, { params: { run: key } }), staleTime: 60_000 })),
  });
  if (runs.length < 2 || read.some(({ data }) => data === undefined)) return null;
  return differing(read.map(({ data }) => data?.settings ?? {})).map(({ key, values }) => (
    <tr key={key}>
      <th scope="row">
        <code>{key}</code>
      </th>
      {runs.map((run, i) => (
        <td key={run.key}>{values[i] || <span className="faint">{values[i] === "" ? "none" : "–"}</span>}</td>
      ))}
    </tr>
  ));
}
