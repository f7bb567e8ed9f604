/** Marks where a block of the slide could not be read: what shows there is a coarser picture or nothing, and the mark says why. */
import type { ReactNode } from "react";
import { toScreen } from "./camera.ts";
import type { BrokenBlock, Stage } from "./stage.ts";
import { useBroken, useCamera } from "./use-camera.ts";

export function BrokenMarks({ stage }: { readonly stage: Stage }): ReactNode {
  const blocks = useBroken(stage);
  return blocks.length === 0 ? null : <Marks stage={stage} blocks={blocks} />;
}

function Marks({ stage, blocks }: { readonly stage: Stage; readonly blocks: readonly BrokenBlock[] }): ReactNode {
  const camera = useCamera(stage);
  return blocks.map(({ id, reason, ...place }) => {
    const { x, y } = toScreen(camera, place);
    return (
      <div
        key={id}
        className="broken"
        role="img"
        aria-label={`This block could not be read: ${reason}`}
        title={`This block could not be read: ${reason}`}
        style={{
          transform: `translate(${x}px, ${y}px) rotate(${camera.rotation}deg)`,
          width: `${place.width * camera.scale}px`,
          height: `${place.height * camera.scale}px`,
        }}
      />
    );
  });
}
