/** A new study: its text, checked as it is written, and started once nothing is wrong with it. */
import { checkRun, type RunRow, readRun, startRun } from "@nacre/api";
import { type ReactNode, useRef, useState } from "react";
import { useLocation } from "wouter";
import { runPath } from "../address.ts";
import { useCall, useChange } from "../client/use-call.ts";
import { useProjects } from "../shell/project.tsx";
import { runTitles } from "../shell/run-titles.ts";
import { Button, Dialog, Failure, Field, failureIn, Notice, SelectField, TextField } from "../ui/index.ts";
import { useSettled } from "../worklist/use-settled.ts";
import { lineOf, spanOfLine, templateStudy } from "./study-line.ts";

const SETTLED_MS = 400;

export interface StartDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly runs: readonly RunRow[];
  /** The run whose study it begins from; null: a template. */
  readonly from: string | null;
}

export function StartDialog({ isOpen, onClose, runs, from: first }: StartDialogProps): ReactNode {
  const { rows, current } = useProjects();
  const [project, setProject] = useState<string | null>(null);
  const key = project ?? runs.find((run) => run.key === first)?.project ?? current?.key ?? rows?.[0]?.key ?? null;
  const titles = runTitles(runs);
  const own = rows?.find((row) => row.key === key);
  const [typed, setTyped] = useState<string | null>(null);
  const [from, setFrom] = useState(first ?? "");
  const [name, setName] = useState("");
  const [, go] = useLocation();
  const area = useRef<HTMLTextAreaElement>(null);
  const copied = useCall(readRun, from === "" || !isOpen ? null : { params: { run: from } });
  const text = typed ?? copied.data?.study ?? templateStudy(own?.name ?? "study");
  const settled = useSettled(text, SETTLED_MS);
  const check = useCall(checkRun, key === null || !isOpen ? null : { body: { project: key, study: settled } });
  const start = useChange(startRun, {
    refreshes: ["listRuns"],
    done: (run) => {
      onClose();
      setTyped(null);
      go(runPath(run.key));
    },
  });
  const isChecked = settled === text && check.data !== undefined;
  const wrong = isChecked ? check.data.failure : null;
  const line = wrong === null ? null : lineOf(wrong, text);
  const goToLine = (): void => {
    if (line === null) return;
    area.current?.focus();
    area.current?.setSelectionRange(...spanOfLine(text, line));
  };
  const begin = (): void => {
    if (key === null) return;
    start.mutate({ body: { project: key, study: text, ...(name.trim() === "" ? {} : { name: name.trim() }) } });
  };
  return (
    <Dialog
      title="New study"
      isOpen={isOpen}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            onClick={begin}
            isBusy={start.isPending}
            disabled={!isChecked || check.data?.ok !== true}
          >
            Start the run
          </Button>
        </>
      }
    >
      <div className="stack">
        <div className="row start-head">
          {rows !== null && rows.length > 1 ? (
            <SelectField
              title="Folder"
              choices={rows.map((row) => ({ value: row.key, title: row.name }))}
              value={key ?? ""}
              onChange={(event) => {
                setProject(event.target.value);
                setFrom("");
              }}
            />
          ) : null}
          <SelectField
            title="Begin from"
            choices={[
              { value: "", title: "a template" },
              ...runs
                .filter((run) => run.project === key)
                .map((run) => ({ value: run.key, title: `the study of ${titles.get(run.key)}` })),
            ]}
            value={from}
            onChange={(event) => {
              setFrom(event.target.value);
              setTyped(null);
            }}
          />
          <TextField
            title="Name of the run"
            placeholder="the study's own"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <Field
          title="Study"
          hint="YAML; paths are relative to the folder. It is checked as you write; nothing runs until you start it."
        >
          {(id, note) => (
            <textarea
              ref={area}
              id={id}
              aria-describedby={note}
              className="input study-text"
              spellCheck={false}
              wrap="off"
              rows={15}
              value={text}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <div aria-live="polite">
          {check.error !== null ? (
            <Failure failure={failureIn(check.error)} title="Not checked" retry={() => void check.refetch()} />
          ) : wrong !== null ? (
            <>
              <Failure failure={wrong} title={line === null ? "Not yet a study" : `Not yet a study: line ${line}`} />
              {line === null ? null : <Button onClick={goToLine}>Go to line {line}</Button>}
            </>
          ) : isChecked && check.data.ok ? (
            <Notice tone="good" title="It can be started">
              <ul className="says">
                {(check.data.says ?? []).map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </Notice>
          ) : (
            <p className="soft">Checking…</p>
          )}
        </div>
        {start.error === null ? null : <Failure failure={failureIn(start.error)} title="Not started" />}
      </div>
    </Dialog>
  );
}
