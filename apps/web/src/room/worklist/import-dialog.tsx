/** Three ways to bring in cases: the folder again, a table, a DICOMweb archive. */
import { importCases, scanProject } from "@nacre/api";
import { type ReactNode, useState } from "react";
import { useChange } from "../client/use-call.ts";
import { count } from "../shell/count.ts";
import { useProjects } from "../shell/project.tsx";
import { useMay } from "../shell/session.tsx";
import { Button, Dialog, Failure, Field, failureIn, Notice, SelectField, TabPanel, Tabs } from "../ui/index.ts";
import { DicomForm } from "./dicom-form.tsx";

export interface ImportDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const WAYS = [
  { key: "folder", title: "Folder" },
  { key: "table", title: "Table (CSV)" },
  { key: "dicom", title: "DICOMweb" },
] as const;
type Way = (typeof WAYS)[number]["key"];

export function ImportDialog({ isOpen, onClose }: ImportDialogProps): ReactNode {
  const { rows, current } = useProjects();
  const mayImport = useMay("researcher");
  const [way, setWay] = useState<Way>("folder");
  const [picked, setPicked] = useState<string | null>(null);
  const project = picked ?? current?.key ?? rows?.[0]?.key ?? null;
  return (
    <Dialog title="Bring in cases" isOpen={isOpen} onClose={onClose}>
      {project === null ? (
        <Notice tone="warn">No folder is served: start the service with a folder, as in: nacre serve FOLDER</Notice>
      ) : !mayImport ? (
        <Notice tone="warn">Bringing in cases needs the role researcher. Ask whoever keeps the service.</Notice>
      ) : (
        <div className="stack">
          {(rows?.length ?? 0) > 1 ? (
            <SelectField
              title="Into the folder"
              value={project}
              choices={(rows ?? []).map((row) => ({ value: row.key, title: row.name }))}
              onChange={(event) => setPicked(event.target.value)}
            />
          ) : null}
          <Tabs label="Ways" tabs={WAYS} chosen={way} onChoose={setWay} />
          <TabPanel of={way}>
            {way === "folder" ? <FolderWay project={project} /> : null}
            {way === "table" ? <TableWay project={project} /> : null}
            {way === "dicom" ? <DicomForm project={project} /> : null}
          </TabPanel>
        </div>
      )}
    </Dialog>
  );
}

function FolderWay({ project }: { readonly project: string }): ReactNode {
  const scan = useChange(scanProject, { refreshes: ["worklist", "listProjects", "listSlides", "listRuns"] });
  return (
    <div className="stack">
      <p>
        Copy slides, cohort tables or run folders into the served folder, then look again. Slides without a table become
        cases of their own, named by their files.
      </p>
      <div>
        <Button kind="primary" isBusy={scan.isPending} onClick={() => scan.mutate({ params: { project } })}>
          {scan.isPending ? "Looking…" : "Look again"}
        </Button>
      </div>
      {scan.data === undefined ? null : (
        <Notice tone={scan.data.leftTotal > 0 ? "warn" : "good"} isLive>
          <p>
            Found: {count(scan.data.cases, "case")}, {count(scan.data.slides, "slide")},{" "}
            {count(scan.data.runs, "run folder")}.
          </p>
          {scan.data.leftTotal === 0 ? null : (
            <>
              <p>Passed by: {scan.data.leftTotal}</p>
              <ul>
                {scan.data.left.slice(0, 20).map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </>
          )}
        </Notice>
      )}
      {scan.error === null ? null : (
        <Failure failure={failureIn(scan.error)} title="The folder was not looked through" />
      )}
    </div>
  );
}

function TableWay({ project }: { readonly project: string }): ReactNode {
  const [file, setFile] = useState<File | null>(null);
  const bring = useChange(importCases, { refreshes: ["worklist", "listProjects", "listSlides"] });
  const send = async (): Promise<void> => {
    if (file !== null) bring.mutate({ params: { project }, body: { csv: await file.text() } });
  };
  return (
    <div className="stack">
      <Field
        title="Table"
        hint="Comma-separated, UTF-8, one row a slide. Columns slide and patient are required; case, site, date and others may be there."
      >
        {(id, note) => (
          <input
            id={id}
            aria-describedby={note}
            className="input"
            type="file"
            accept=".csv,text/csv"
            onChange={(event) => setFile(event.target.files?.[0] ?? null)}
          />
        )}
      </Field>
      <div>
        <Button kind="primary" isBusy={bring.isPending} disabled={file === null} onClick={() => void send()}>
          Bring in
        </Button>
      </div>
      {bring.data === undefined ? null : (
        <Notice tone={bring.data.leftTotal + bring.data.withoutSlide > 0 ? "warn" : "good"} isLive>
          <p>
            Brought in: {count(bring.data.cases, "case")}, {count(bring.data.slides, "slide")}.
          </p>
          {bring.data.left.length === 0 ? null : (
            <>
              <p>Left out, because the folder has no such slide:</p>
              <ul>
                {bring.data.left.slice(0, 20).map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
              {bring.data.leftTotal > 20 ? <p>and {bring.data.leftTotal - 20} more.</p> : null}
            </>
          )}
          {bring.data.withoutSlide === 0 ? null : (
            <p>{count(bring.data.withoutSlide, "row")} left out, because the slide cell is empty.</p>
          )}
        </Notice>
      )}
      {bring.error === null ? null : <Failure failure={failureIn(bring.error)} title="The table was not brought in" />}
    </div>
  );
}
