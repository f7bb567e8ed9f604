/** One field of the report. A machine's value stands behind a line of its own colour, with where it comes from, until it is confirmed or rewritten. */
import type { DraftField } from "@nacre/api";
import { type ReactNode, useId } from "react";
import { Badge, Button } from "../ui/index.ts";
import type { DraftEdit, Value } from "./use-draft.ts";

export interface ReportFieldProps {
  readonly field: DraftField;
  readonly edit: DraftEdit;
  readonly isFixed: boolean;
}

export function ReportField({ field, edit, isFixed }: ReportFieldProps): ReactNode {
  const id = useId();
  const isTyped = edit.typed.has(field.name);
  const isMachine = field.origin === "machine" && !isTyped;
  const value = edit.valueOf(field);
  const wrong = edit.wrongIn(field);
  const confirm = (): void => {
    edit.confirm(field.name);
    // The button goes: the focus stays with the field.
    document.getElementById(id)?.focus();
  };
  return (
    <div className={`report-field ${isMachine ? "machine" : ""}`}>
      <div className="report-field-head">
        <label htmlFor={id}>
          {field.title}
          {field.unit === null ? "" : ` (${field.unit})`}
        </label>
        {isMachine ? <Badge tone="machine">filled in by the machine</Badge> : null}
        {field.isNeeded && !isFixed && value === null ? <span className="small soft">needed to sign</span> : null}
        {isTyped ? <Badge tone="info">not saved</Badge> : null}
      </div>
      {isFixed ? (
        <p id={id} className="fixed">
          {writeValue(field.value)}
        </p>
      ) : (
        <Control
          id={id}
          field={field}
          value={value}
          onValue={(next) => edit.type(field.name, next)}
          describedBy={`${id}-note`}
          isWrong={wrong !== null}
        />
      )}
      <div id={`${id}-note`}>
        {wrong === null ? null : <p className="wrong">{wrong}</p>}
        {isTyped && edit.isConflict ? <p className="small soft">Theirs: {writeValue(field.value)}</p> : null}
        {field.evidence === null ? null : (
          <p className="small soft">
            {field.origin === "machine" ? "" : "Filled in by the machine, confirmed by a person. "}Source:{" "}
            {field.evidence}
          </p>
        )}
      </div>
      {isMachine && !isFixed ? (
        <div>
          <Button isBusy={edit.isBusy} onClick={confirm} aria-label={`I have read it: confirm ${field.title}`}>
            I have read it: confirm
          </Button>
        </div>
      ) : null}
    </div>
  );
}

export function writeValue(value: Value): string {
  if (value === null || value === "") return "not stated";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}

interface ControlProps {
  readonly id: string;
  readonly field: DraftField;
  readonly value: Value;
  readonly onValue: (value: Value) => void;
  readonly describedBy: string;
  readonly isWrong: boolean;
}

function Control({ id, field, value, onValue, describedBy, isWrong }: ControlProps): ReactNode {
  const common = { id, className: "input", "aria-describedby": describedBy, "aria-invalid": isWrong };
  switch (field.kind) {
    case "choice":
      return (
        <select
          {...common}
          value={String(value ?? "")}
          onChange={(e) => onValue(e.target.value === "" ? null : e.target.value)}
        >
          <option value="">not stated</option>
          {choicesWith(field, value).map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      );
    case "flag":
      return (
        <select
          {...common}
          value={value === null ? "" : String(value)}
          onChange={(e) => onValue(e.target.value === "" ? null : e.target.value === "true")}
        >
          <option value="">not stated</option>
          <option value="true">yes</option>
          <option value="false">no</option>
        </select>
      );
    case "number":
      return (
        <input
          {...common}
          type="number"
          min={0}
          max={field.most}
          step={field.unit === null ? 1 : "any"}
          value={typeof value === "number" ? value : ""}
          onChange={(e) => onValue(Number.isFinite(e.target.valueAsNumber) ? e.target.valueAsNumber : null)}
        />
      );
    case "text":
      return (
        <textarea
          {...common}
          value={String(value ?? "")}
          onChange={(e) => onValue(e.target.value === "" ? null : e.target.value)}
        />
      );
  }
}

/** A value that is none of the choices is shown all the same. */
function choicesWith(field: DraftField, value: Value): readonly string[] {
  const choices = field.choices ?? [];
  return typeof value === "string" && value !== "" && !choices.includes(value) ? [...choices, value] : choices;
}
