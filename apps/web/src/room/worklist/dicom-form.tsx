/** Slides of a DICOMweb archive: asked for by patient or accession number, fetched one series at a time. */
import { dicomSources, importDicom, queryDicom, type RouteReply } from "@nacre/api";
import { type FormEvent, type ReactNode, useState } from "react";
import { Link } from "wouter";
import { slidePath } from "../address.ts";
import { useCall, useChange } from "../client/use-call.ts";
import { count } from "../shell/count.ts";
import { useHasRight } from "../shell/session.tsx";
import { Button, Empty, Failure, failureIn, Notice, SelectField, Skeleton, TextField } from "../ui/index.ts";

type Series = RouteReply<typeof queryDicom>["rows"][number];

/** Rows that are asked for at once. */
const MOST = 100;

interface Asked {
  readonly source: string;
  readonly patient: string;
  readonly accession: string;
}

export function DicomForm({ project }: { readonly project: string }): ReactNode {
  const isNamed = useHasRight("identifiers");
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
            limit: MOST,
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
        {isNamed ? (
          <>
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
          </>
        ) : null}
        <Button type="submit" kind="primary" isBusy={found.isFetching}>
          Find
        </Button>
      </form>
      {asked === null && isNamed ? (
        <p className="soft">With both left empty all slides of the archive are listed.</p>
      ) : null}
      {found.error === null ? null : <Failure failure={failureIn(found.error)} title="The archive gave no list" />}
      {found.data === undefined || asked === null ? null : found.data.rows.length === 0 ? (
        <Notice tone="warn" isLive>
          The archive holds no slides that fit.
        </Notice>
      ) : (
        <>
          <ul className="series">
            {found.data.rows.map((row) => (
              <SeriesRow key={row.series} row={row} source={asked.source} project={project} />
            ))}
          </ul>
          {found.data.rows.length < MOST ? null : (
            <p className="soft">The first {MOST} are shown. A patient id or an accession number finds the others.</p>
          )}
        </>
      )}
    </div>
  );
}

/** Whose it is and of when, each by its name: a number alone may be either. */
function seriesFacts({ patient, accession, date, instances }: Series): string {
  const facts = [
    patient === null ? null : `patient ${patient}`,
    accession === null ? null : `accession ${accession}`,
    date,
    instances === null ? null : count(instances, "file"),
  ];
  return facts.filter((fact) => fact !== null).join(", ");
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
        <div>{row.description ?? "Slide without a description"}</div>
        <div className="small soft">{seriesFacts(row)}</div>
      </div>
      {data?.slide ? (
        <span>
          Brought in. <Link href={slidePath(data.slide)}>Open</Link>
        </span>
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
