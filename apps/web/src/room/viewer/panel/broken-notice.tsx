/** Said when blocks of the slide could not be read, or the file is another than the one whose facts were read. */
import type { ReactNode } from "react";
import { Button, Notice } from "../../ui/index.ts";
import type { Stage } from "../stage/stage.ts";
import { useBroken } from "../stage/use-camera.ts";

export interface BrokenNoticeProps {
  readonly stage: Stage;
  /** Reads the slide's facts again. */
  readonly onChanged: () => void;
}

export function BrokenNotice({ stage, onChanged }: BrokenNoticeProps): ReactNode {
  const blocks = useBroken(stage);
  if (blocks.length === 0) return null;
  // The address of a block names the file's version: a block that is not found is one of a file that changed.
  const isChanged = blocks.some(({ reason }) => reason.startsWith("not-found"));
  return (
    <div className="stage-notice">
      <Notice tone="warn" isLive>
        {isChanged
          ? "The slide's file has changed: what is shown may be old."
          : `${blocks.length === 1 ? "A block" : `${blocks.length} blocks`} could not be read, marked at their place.`}{" "}
        <Button onClick={isChanged ? onChanged : stage.retry}>{isChanged ? "Read it again" : "Try again"}</Button>
      </Notice>
    </div>
  );
}
