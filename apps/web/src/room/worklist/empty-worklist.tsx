/** Nothing in the list: because of the filters, because the folder is still looked through, or because nothing was brought in. */
import type { ReactNode } from "react";
import { Button, Empty } from "../ui/index.ts";

export interface EmptyWorklistProps {
  readonly isFiltered: boolean;
  readonly isScanning: boolean;
  readonly onImport: () => void;
  readonly onClear: () => void;
}

export function EmptyWorklist({ isFiltered, isScanning, onImport, onClear }: EmptyWorklistProps): ReactNode {
  if (isFiltered)
    return (
      <Empty title="No case fits the filters" actions={<Button onClick={onClear}>Show all</Button>}>
        <p>Others may be there: take away a filter, or what is typed into the find field.</p>
      </Empty>
    );
  if (isScanning)
    return (
      <Empty title="The folder is being looked through">
        <p>Cases appear here as soon as they are found.</p>
      </Empty>
    );
  return (
    <Empty
      title="No cases yet"
      actions={
        <Button kind="primary" onClick={onImport}>
          Bring in cases…
        </Button>
      }
    >
      <p>
        Put slides into the served folder and look again, upload a table with a row a slide, or fetch slides from a
        DICOMweb archive. A run folder brings its cases with their answers.
      </p>
    </Empty>
  );
}
