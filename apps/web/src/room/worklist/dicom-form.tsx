/** Slides of a DICOMweb archive: asked for by patient or accession number, fetched one series at a time. */
import { dicomSources, importDicom, queryDicom, type RouteReply } from "@nacre/api";
import { type FormEvent, type ReactNode, useState } from "react";
import { useCall, useChange } from "../client/use-call.ts";
import { Button, Empty, Failure, failureIn, Notice, SelectField, Skeleton, TextField } from "../ui/index.ts";

type Series = RouteReply<typeof queryDicom>["rows"][number];

interface Asked {
  readonly source: string;
  readonly patient: string;
  readonly accession: string;
}

export function DicomForm({ project }: { readonly project: string }): ReactNode {
  const sources = useCall(dicomSources);
  const [source, setSource] = useState<string | null>(null);
  const [patient, setPatient] = useState("");
  const [accession, setAccession] = useState("");
  const [asked, setAsked] = useState<Asked | null>(null);
  const found = useCall(
    queryDicom,
    asked === null
      ? null
      : {
          params: { source: asked.source },
          query: {
            ...(asked.patient === "" ? {} : { patient: asked.patient }),
            ...(asked.accession === "" ? {} : { accession: asked.accession }),
          },
        },
  );
  if (sources.error !== null) return <Failure failure={failureIn(sources.error)} />;
  if (sources.data === undefined) return <Skeleton lines={2} />;
  const first = sources.data.rows[0];
  if (first === undefined)
    return (
      <Empty title="No archive is configured">
        <p>
          Name one under dicomweb in the configuration file of the service: a name and the base address of its DICOMweb
          service.
        </p>
      </Empty>
    );
  const chosen = source ?? first.name;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setAsked({ source: chosen, patient: patient.trim(), accession: accession.trim() });
  };
  return (
    <div className="stack">
      <form className="dicom-form" onSubmit={submit}>
        <SelectField
          title="Archive"
          value={chosen}
          choices={sources.data.rows.map((row) => ({ value: row.name, title: row.name }))}
          onChange={(event) => setSource(event.target.value)}
        />
        <TextField
          title="Patient id"
          value={patient}
          autoComplete="off"
          onChange={(event) => setPatient(event.target.value)}
        />
        <TextField
          title="Accession number"
          value={accession}
          autoComplete="off"
          onChange={(event) => setAccession(event.target.value)}
        />
        <Button type="submit" kind="primary" isBusy={found.isFetching}>
          Ask
        </Button>
      </form>
      {found.error === null ? null : <Failure failure={failureIn(found.error)} title="The archive gave no list" />}
      {found.data === undefined || asked === null ? null : found.data.rows.length === 0 ? (
        <Notice tone="warn" isLive>
          The archive holds no slides that fit.
        </Notice>
      ) : (
        <ul className="series">
          {found.data.rows.map((row) => (
            <SeriesRow key={row.series} row={row} source={asked.source} project={project} />
          ))}
        </ul>
      )}
    </div>
  );
}

interface SeriesRowProps {
  readonly row: Series;
  readonly source: string;
  readonly project: string;
}

function SeriesRow({ row, source, project }: SeriesRowProps): ReactNode {
  const fetchIt = useChange(importDicom, { refreshes: ["worklist", "listProjects", "listSlides"] });
  const { data } = fetchIt;
  return (
    <li>
      <div>
        <div>{row.description ?? "Without a description"}</div>
        <div className="small soft">
          {[row.patient, row.accession, row.date, row.instances === null ? null : `${row.instances} instances`]
            .filter((part) => part !== null)
            .join(", ")}
        </div>
      </div>
      {data?.slide ? (
        <span className="soft">Brought in</span>
      ) : (
        <Button
          isBusy={fetchIt.isPending}
          onClick={() =>
            fetchIt.mutate({ params: { source }, body: { project, study: row.study, series: row.series } })
          }
        >
          {fetchIt.isPending ? "Fetching…" : "Fetch"}
        </Button>
      )}
      {data?.failure ? <Failure failure={data.failure} /> : null}
      {fetchIt.error === null ? null : <Failure failure={failureIn(fetchIt.error)} />}
    </li>
  );
}
