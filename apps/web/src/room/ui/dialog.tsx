/** A modal dialog: the browser's own element keeps the focus inside, Escape closes it, and the focus goes back. */
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./button.tsx";

export interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons at the foot. */
  readonly foot?: ReactNode;
}

export function Dialog({ title, isOpen, onClose, children, foot }: DialogProps): ReactNode {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    if (isOpen) element.current?.showModal();
    else element.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={element} className="dialog" aria-labelledby={heading} onClose={onClose} onCancel={onClose}>
      {isOpen ? (
        <>
          <div className="dialog-head">
            <h2 id={heading}>{title}</h2>
            <Button kind="quiet" onClick={onClose} aria-label="Close">
              ✕
            </Button>
          </div>
          <div className="dialog-body">{children}</div>
          {foot === undefined ? null : <div className="dialog-foot">{foot}</div>}
        </>
      ) : null}
    </dialog>
  );
}
