/** What a number of the board rests on: the runs, every measure with n and method, the rank in words, the audit. */

import type { BoardPartName, Estimate, PartResult } from "@nacre/evaluation";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { runPath } from "../address.ts";
import { runTitles } from "../shell/run-titles.ts";
import { measureTitle } from "../study/words.ts";
import { Dialog, MeasureTable, Notice, writeMeasure } from "../ui/index.ts";
import { type BoardShown, type ModelShown, runOfEntry, type TaskShown } from "./read-board.ts";

export interface Opened {
  readonly task: TaskShown;
  readonly model: ModelShown;
  readonly part: BoardPartName;
}

export interface EvidenceProps {
  readonly opened: Opened | null;
  readonly board: BoardShown;
  readonly runs: readonly { readonly key: string; readonly name: string; readonly entry: string }[];
  readonly onClose: () => void;
}

export function Evidence({ opened, board, runs, onClose }: EvidenceProps): ReactNode {
  const result = opened?.model[opened.part] ?? null;
  return (
    <Dialog
      title={opened === null ? "" : `${opened.model.name}, ${opened.part}`}
      isOpen={opened !== null && result !== null}
      onClose={onClose}
    >
      {opened === null || result === null ? null : (
        <div className="stack">
          {opened.model.barred.map(({ kind, reason }) => (
            <Notice key={kind} tone="bad" title={`Struck out: ${kind}`}>
              {reason}
            </Notice>
          ))}
          <p>{rankText(result, opened.task[opened.part]?.compared ?? 1)}</p>
          <Measures result={result} metric={opened.task.metric.title} />
          <Runs model={opened.model} board={board} runs={runs} />
          <p className="small soft">{pretrainingText(opened.model)}</p>
        </div>
      )}
    </Dialog>
  );
}

function rankText({ rank, letters, tiedWith, behind, estimate, patients }: PartResult, compared: number): string {
  const told = compared < 2 ? "no other method to compare with" : "told apart from every other method";
  const place =
    rank === null
      ? "Without a rank."
      : `Rank ${rank} (group ${letters}): ${tiedWith.length === 0 ? told : `cannot be told apart from ${tiedWith.join(", ")}`}.`;
  const { value = null, low = null, high = null } = behind?.difference ?? {};
  const against =
    behind === null || value === null
      ? ""
      : ` Against ${behind.best}: ${signed(value)}${low === null || high === null ? "" : ` (${signed(low)} to ${signed(high)})`}, corrected p ${behind.p === null ? "undefined" : behind.p < 0.0001 ? "below 0.0001" : behind.p.toFixed(4)}.`;
  const shared = patients === estimate.n ? "" : ` ${patients} patients predicted, ${estimate.n} of them shared.`;
  return place + against + shared;
}

const signed = (value: number): string => `${value < 0 ? "" : "+"}${writeMeasure(value)}`;

function Measures({ result, metric }: { readonly result: PartResult; readonly metric: string }): ReactNode {
  const rows: (readonly [string, Estimate])[] = [
    [metric, result.estimate],
    ...Object.entries(result.beside).map(([name, estimate]) => [measureTitle(name), estimate] as const),
  ];
  return (
    <MeasureTable
      label="Measures"
      rows={rows.map(([title, { value, low = null, high = null, n, method, reason = null }]) => ({
        title,
        value,
        low,
        high,
        n,
        method,
        reason,
      }))}
    />
  );
}

function Runs({
  model,
  board,
  runs,
}: { readonly model: ModelShown } & Pick<EvidenceProps, "board" | "runs">): ReactNode {
  const titles = runTitles(runs);
  return (
    <section>
      <h3>Runs behind it</h3>
      <ul>
        {model.entries.map(({ name, seed }) => {
          const run = runOfEntry(name, runs);
          const entry = board.entries.find((one) => one.name === name);
          return (
            <li key={name}>
              {run === null ? name : <Link href={runPath(run.key)}>{titles.get(run.key)}</Link>}
              {seed === null ? "" : `, seed ${seed}`}
              {entry === undefined ? null : (
                <span className="soft">
                  , predictions <code title={entry.sha256}>{entry.sha256.slice(0, 12)}</code>
                </span>
              )}
              {run === null ? null : (
                <>
                  , <Link href={`${runPath(run.key)}?section=audit`}>audit</Link>
                </>
              )}
              {entry?.warnings == null || entry.warnings.length === 0 ? null : (
                <ul className="small">
                  {[...new Set(entry.warnings)].map((warning) => (
                    <li key={warning}>{warning}</li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function pretrainingText({ pretraining, licence }: ModelShown): string {
  const seen =
    pretraining === null
      ? "Nobody declared what the encoder was pretrained on, so overlap with the test data cannot be excluded."
      : pretraining.length === 0
        ? "The encoder was pretrained on no slides."
        : `The encoder was pretrained on ${pretraining.join(", ")}.`;
  return licence === null ? seen : `${seen} Licence: ${licence}.`;
}
