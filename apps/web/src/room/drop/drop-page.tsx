/** The drop zone: a slide, a model and a table of predictions from the disk, worked on in this browser. Nothing of them is sent anywhere. */
import "./drop.css";
import { type DragEvent, type FormEvent, type ReactNode, useRef, useState } from "react";
import { Badge, Button, Failure, Meter, TextField } from "../ui/index.ts";
import { Judged } from "./judged.tsx";
import type { ModelRead, Stage } from "./message.ts";
import { SlideResult } from "./slide-result.tsx";
import { type Drop, useDrop } from "./use-drop.ts";

export function DropPage(): ReactNode {
  const drop = useDrop();
  const { slide, model, answered, stage, failure, judged } = drop;
  return (
    <div className="page stack drop-page">
      <div className="row">
        <h1>Drop zone</h1>
        <Badge tone="good">Nothing leaves this machine</Badge>
      </div>
      <Zone take={drop.take} />
      <div role="status" aria-live="polite">
        {stage === null ? null : <Working stage={stage} stop={drop.stop} />}
      </div>
      {failure === null ? null : <Failure failure={failure} title="Not done" />}
      {drop.needsScale ? <ScaleForm open={drop.openWithScale} /> : null}
      {model === null ? null : <ModelLine model={model} isAlone={slide === null && stage === null} />}
      {slide === null ? null : (
        <SlideResult slide={slide} answered={answered} hasModel={model !== null || stage !== null} />
      )}
      {judged === null ? null : <Judged name={judged.name} end={judged.end} />}
    </div>
  );
}

function ModelLine({ model, isAlone }: { readonly model: ModelRead; readonly isAlone: boolean }): ReactNode {
  const { name, task, aggregator, space, members, isSynthetic } = model;
  return (
    <div>
      <p className="soft">
        Model <strong>{name}</strong>: {task}, {aggregator} on {space}
        {members > 1 ? `, ${members} models averaged` : ""}.
        {isSynthetic === null ? " Its file does not say whether it learned from synthetic slides." : ""}
        {isAlone ? " Drop a slide for it to answer." : ""}
      </p>
      {isSynthetic === true ? (
        <p>
          <Badge tone="warn">SYNTHETIC</Badge> This model learned from slides drawn by a program; its answer says
          nothing of a patient.
        </p>
      ) : null}
    </div>
  );
}

function Zone({ take }: Pick<Drop, "take">): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const over = (event: DragEvent): void => {
    event.preventDefault();
    setOver(true);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the pointer's way; the button inside is everybody's
    <div
      className={`drop-zone ${isOver ? "over" : ""}`}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take([...event.dataTransfer.files]);
      }}
    >
      <p>
        Drop a slide, a <code>model.onnx</code> of a run on texture features, or a table of predictions.
      </p>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          take([...(event.target.files ?? [])]);
          // The same file may be chosen again after it was corrected.
          event.target.value = "";
        }}
      />
      <Button kind="primary" onClick={() => input.current?.click()}>
        Choose files…
      </Button>
      <p className="small soft">
        The files are read where they lie, by this page alone; the service is not told of them. A slide of several files
        (DICOM): drop all of them at once.
      </p>
    </div>
  );
}

function Working({ stage: { stage, done, total }, stop }: { readonly stage: Stage } & Pick<Drop, "stop">): ReactNode {
  return (
    <div className="card row working">
      <span>
        {stage}
        {total > 0 ? `: ${done.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")}` : "…"}
      </span>
      <div className="grow">{total > 0 ? <Meter value={done} of={total} label={stage} /> : null}</div>
      <Button onClick={stop}>Stop</Button>
    </div>
  );
}

function ScaleForm({ open }: { readonly open: (mpp: number) => void }): ReactNode {
  const [text, setText] = useState("");
  const mpp = Number(text);
  const isScale = mpp >= 0.05 && mpp <= 10;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isScale) open(mpp);
  };
  return (
    <form className="card row" onSubmit={submit}>
      <TextField
        title="Scale, µm per pixel"
        hint="Of the finest level; 0.25 is usual at 40×, 0.5 at 20×. A wrong scale gives a wrong answer."
        inputMode="decimal"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" disabled={!isScale}>
        Open with this scale
      </Button>
    </form>
  );
}
