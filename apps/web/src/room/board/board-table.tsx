/** One task of the board: its methods, best first. */
import type { BoardPart, BoardPartName, PartResult } from "@nacre/evaluation";
import type { ReactNode } from "react";
import { count } from "../shell/count.ts";
import { Badge, Interval, Wide, writeMeasure, writeReach } from "../ui/index.ts";
import type { ModelShown, TaskShown } from "./read-board.ts";

export interface BoardTableProps {
  readonly task: TaskShown;
  readonly onOpen: (model: ModelShown, part: BoardPartName) => void;
}

export const PARTS: readonly BoardPartName[] = ["internal", "external"];

export function BoardTable({ task, onOpen }: BoardTableProps): ReactNode {
  const { metric, models } = task;
  const parts = PARTS.filter((part) => task[part] !== null);
  return (
    <section className="card stack" aria-label={`Task ${task.task}`}>
      <div>
        <h2>{task.task}</h2>
        <p className="small soft">
          {metric.title}, {metric.better} is better
          {task.positive === null ? "" : `; positive: ${task.positive}`}.{" "}
          {parts.map((part) => partText(part, task[part])).join(" ")}
        </p>
      </div>
      <Wide label={`Methods of ${task.task}`}>
        <table className="plain board-table">
          <thead>
            <tr>
              <th scope="col">Method</th>
              {parts.map((part) => (
                <th key={part} scope="col" className="board-part">
                  {part === "internal" ? "Internal" : "External"}
                </th>
              ))}
              <th scope="col">Audit</th>
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <tr key={model.name} className={model.barred.length > 0 ? "barred" : ""}>
                <th scope="row">
                  {model.encoder}
                  <div className="small soft">
                    {model.aggregator}
                    {model.entries.length > 1 ? `, ${model.entries.length} seeds` : ""}
                  </div>
                </th>
                {parts.map((part) => (
                  <td key={part} data-part={part === "internal" ? "Internal" : "External"}>
                    <Result
                      result={model[part]}
                      label={`${model.name}, ${part} ${metric.title}`}
                      onOpen={() => onOpen(model, part)}
                    />
                  </td>
                ))}
                <td>
                  <Findings model={model} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  );
}

function partText(part: BoardPartName, facts: BoardPart | null): string {
  if (facts === null) return "";
  const classes = Object.entries(facts.classes).map(([name, n]) => `${n} ${name}`);
  const words = part === "internal" ? "Internal" : "External";
  const refused = facts.refused === null ? "" : ` Not compared: ${facts.refused.received}.`;
  return `${words}: ${count(facts.n, "patient")} shared by ${count(facts.compared, "method")}${classes.length === 0 ? "" : ` (${classes.join(", ")})`}.${refused}`;
}

interface ResultProps {
  readonly result: PartResult | null;
  readonly label: string;
  readonly onOpen: () => void;
}

function Result({ result, label, onOpen }: ResultProps): ReactNode {
  if (result === null) return <span className="faint">–</span>;
  const { estimate, rank, letters } = result;
  const { value, low, high, n } = estimate;
  return (
    <button type="button" className="number-button" onClick={onOpen} title="What it rests on">
      <span className="rank">
        {rank === null ? "–" : rank} <span className="soft">{letters}</span>
      </span>
      <span>
        <strong>{value === null ? "undefined" : writeMeasure(value)}</strong>{" "}
        <span className="small soft">
          {writeReach(low, high) ?? "no interval"}, n = {n}
        </span>
        <Interval
          value={value}
          low={low ?? null}
          high={high ?? null}
          label={label}
          write={writeMeasure}
          hasNumber={false}
        />
      </span>
    </button>
  );
}

function Findings({ model: { barred, warnings } }: { readonly model: ModelShown }): ReactNode {
  if (barred.length > 0) return <Badge tone="bad">struck out: {barred.map(({ kind }) => kind).join(", ")}</Badge>;
  if (warnings === null) return <Badge>not audited</Badge>;
  return warnings.length === 0 ? (
    <Badge tone="good">no finding</Badge>
  ) : (
    <Badge tone="warn" title={warnings.join("; ")}>
      {warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`}
    </Badge>
  );
}
