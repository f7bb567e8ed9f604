/** Takes in a GeoJSON that QuPath exported. What could not be taken in is told. */
import { type ApiFailure, importAnnotations } from "@nacre/api";
import { type ReactNode, useRef, useState } from "react";
import { useChange } from "../../client/use-call.ts";
import { Button, Failure, failureIn, Notice } from "../../ui/index.ts";

type Collection = { readonly type: "FeatureCollection" | "Feature" };

const NO_GEOJSON: ApiFailure = {
  kind: "bad-file",
  expected: "a GeoJSON with a FeatureCollection or a Feature",
  received: "another file",
  remedy: "export the annotations in QuPath as GeoJSON, as a FeatureCollection",
};

export function ImportAnnotations({
  slide,
  onDone,
}: {
  readonly slide: string;
  readonly onDone: () => void;
}): ReactNode {
  const picker = useRef<HTMLInputElement>(null);
  const [bad, setBad] = useState<ApiFailure | null>(null);
  const take = useChange(importAnnotations, { refreshes: ["listAnnotations"], done: onDone });
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setBad(null);
    const parsed = parseCollection(await file.text());
    if (parsed === null) setBad(NO_GEOJSON);
    else take.mutate({ params: { slide }, body: parsed });
    if (picker.current) picker.current.value = "";
  };
  return (
    <>
      <Button isBusy={take.isPending} onClick={() => picker.current?.click()}>
        Import from QuPath…
      </Button>
      <input
        ref={picker}
        type="file"
        hidden
        accept=".json,.geojson,application/geo+json"
        aria-label="GeoJSON file"
        onChange={(event) => void read(event.target.files?.[0])}
      />
      {bad === null ? null : <Failure failure={bad} title="Not imported" />}
      {take.error === null ? null : <Failure failure={failureIn(take.error)} title="Not imported" />}
      {take.data === undefined ? null : (
        <Notice tone={take.data.left.length === 0 ? "good" : "warn"} isLive>
          <p>{take.data.made} taken in.</p>
          {take.data.left.map((line) => (
            <p key={line} className="small">
              {line}
            </p>
          ))}
        </Notice>
      )}
    </>
  );
}

/** QuPath writes a collection, or a bare list of features. */
function parseCollection(text: string): Collection | null {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return { type: "FeatureCollection", features: value } as Collection;
    const type = (value as { type?: unknown } | null)?.type;
    return type === "FeatureCollection" || type === "Feature" ? (value as Collection) : null;
  } catch {
    return null;
  }
}
