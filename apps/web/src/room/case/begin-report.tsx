/** Begins a report: which form, and whether a run's answers fill what they can. */
import { type CasePage, listTemplates } from "@nacre/api";
import { type ReactNode, useState } from "react";
import { useCall } from "../client/use-call.ts";
import { runTitles } from "../shell/run-titles.ts";
import { useMay } from "../shell/session.tsx";
import { Button, SelectField } from "../ui/index.ts";

export interface BeginReportProps {
  readonly facts: CasePage;
  readonly isBusy: boolean;
  readonly onBegin: (template: string, run: string | null) => void;
}

export function BeginReport({ facts, isBusy, onBegin }: BeginReportProps): ReactNode {
  const mayEdit = useMay("reader");
  const templates = useCall(listTemplates, mayEdit ? {} : null, { freshMs: Number.POSITIVE_INFINITY });
  const [template, setTemplate] = useState("general");
  const [run, setRun] = useState(facts.predictions[0]?.run ?? "");
  const titles = runTitles(facts.predictions.map(({ run: key, study: name }) => ({ key, name })));
  if (!mayEdit) return <p className="soft">No report yet. Writing one needs the role reader.</p>;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        onBegin(template, run === "" ? null : run);
      }}
    >
      <SelectField
        title="Form"
        value={template}
        choices={
          templates.data?.rows.map(({ name, title }) => ({ value: name, title })) ?? [
            { value: "general", title: "Histopathology report" },
          ]
        }
        onChange={(event) => setTemplate(event.target.value)}
      />
      <SelectField
        title="Begin with a model's answers"
        hint="What a model fills in is marked until you have read it: nothing can be signed before."
        value={run}
        choices={[{ value: "", title: "no, empty" }, ...[...titles].map(([value, title]) => ({ value, title }))]}
        onChange={(event) => setRun(event.target.value)}
      />
      <div>
        <Button type="submit" kind="primary" isBusy={isBusy}>
          Begin the report
        </Button>
      </div>
    </form>
  );
}
