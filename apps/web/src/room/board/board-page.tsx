/** The board of a project: which method is best at which task, and whether the patients can tell. Every number opens what it rests on. */
import "../study/study.css";
import "./board.css";
import { readBoard } from "@nacre/api";
import { type ReactNode, useState } from "react";
import { useParams } from "wouter";
import { useCall } from "../client/use-call.ts";
import { NotRead } from "../shell/not-found.tsx";
import { useProjects } from "../shell/project.tsx";
import { Button, ButtonLink, Empty, Notice, Skeleton } from "../ui/index.ts";
import { BoardTable } from "./board-table.tsx";
import { Evidence, type Opened } from "./evidence.tsx";
import { boardOf } from "./read-board.ts";

export function BoardPage(): ReactNode {
  const { project = "" } = useParams<{ project: string }>();
  const { rows } = useProjects();
  const { data, error, refetch } = useCall(readBoard, { query: { project } }, { freshMs: 60_000 });
  const [opened, setOpened] = useState<Opened | null>(null);
  const board = data === undefined ? null : boardOf(data.board);
  const name = rows?.find((row) => row.key === project)?.name;
  const html = data?.html ?? null;
  if (error !== null)
    return (
      <div className="page">
        <NotRead of="board" error={error} retry={() => void refetch()} />
      </div>
    );
  return (
    <div className="page stack">
      <div className="row spread">
        <div>
          <h1>Board{name === undefined ? "" : ` of ${name}`}</h1>
          <p className="soft">
            Methods are compared on the patients that all of them predicted. A rank is one more than the number of
            methods that are significantly better; those that share a letter cannot be told apart. Choose a number to
            see what it rests on.
          </p>
        </div>
        {html === null ? null : <Button onClick={() => save(html)}>Save as one page</Button>}
      </div>
      {data === undefined ? (
        <Skeleton lines={8} label="Making the board" />
      ) : board === null ? (
        <Empty title="No board" actions={<ButtonLink to="/runs">Studies</ButtonLink>}>
          <p>{data.reason ?? "The board of this project cannot be read by this page; reload it."}</p>
        </Empty>
      ) : (
        <>
          {board.sealed === null ? null : (
            <Notice tone="warn">
              The external part is sealed ({board.sealed.state}): its numbers are shown once the seal is opened, so that
              nobody chooses a method by them.
            </Notice>
          )}
          {board.tasks.map((task) => (
            <BoardTable key={task.task} task={task} onOpen={(model, part) => setOpened({ task, model, part })} />
          ))}
          {board.failures.length === 0 ? null : (
            <Notice tone="warn" title="Not on the board">
              <ul>
                {board.failures.map(({ entry, failure }) => (
                  <li key={entry}>
                    {entry}: {failure.received}
                  </li>
                ))}
              </ul>
            </Notice>
          )}
          <Evidence opened={opened} board={board} runs={data.runs} onClose={() => setOpened(null)} />
        </>
      )}
    </div>
  );
}

function save(html: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([html], { type: "text/html;charset=utf-8" }));
  link.download = "board.html";
  link.click();
  URL.revokeObjectURL(link.href);
}
