/** Form fields: a title, the control, a hint, what is wrong. */
import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";

export interface FieldProps {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly wrong?: string | null;
  /** Gets the id that ties the title to the control. */
  readonly children: (id: string, describedBy: string | undefined) => ReactNode;
}

export function Field({ title, hint, wrong, children }: FieldProps): ReactNode {
  const id = useId();
  const note = hint === undefined && !wrong ? undefined : `${id}-note`;
  return (
    <div className="field">
      <label className="field-title" htmlFor={id}>
        {title}
      </label>
      {children(id, note)}
      {note === undefined ? null : (
        <div id={note}>
          {hint === undefined ? null : <div className="hint">{hint}</div>}
          {wrong ? <div className="wrong">{wrong}</div> : null}
        </div>
      )}
    </div>
  );
}

type Titled = Pick<FieldProps, "title" | "hint" | "wrong">;

export function TextField({ title, hint, wrong, ...rest }: Titled & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  return (
    <Field title={title} hint={hint} wrong={wrong ?? null}>
      {(id, note) => <input id={id} aria-describedby={note} className="input" type="text" {...rest} />}
    </Field>
  );
}

export function TextArea({
  title,
  hint,
  wrong,
  ...rest
}: Titled & TextareaHTMLAttributes<HTMLTextAreaElement>): ReactNode {
  return (
    <Field title={title} hint={hint} wrong={wrong ?? null}>
      {(id, note) => <textarea id={id} aria-describedby={note} className="input" {...rest} />}
    </Field>
  );
}

export interface Choice {
  readonly value: string;
  readonly title: string;
}

export function SelectField({
  title,
  hint,
  wrong,
  choices,
  ...rest
}: Titled & { readonly choices: readonly Choice[] } & SelectHTMLAttributes<HTMLSelectElement>): ReactNode {
  return (
    <Field title={title} hint={hint} wrong={wrong ?? null}>
      {(id, note) => (
        <select id={id} aria-describedby={note} className="input" {...rest}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.title}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function CheckField({
  title,
  ...rest
}: { readonly title: ReactNode } & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  return (
    <label className="check">
      <input type="checkbox" {...rest} />
      <span>{title}</span>
    </label>
  );
}
