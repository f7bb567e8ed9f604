/** An address that leads nowhere. */
import type { ReactNode } from "react";
import { ButtonLink } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";

export function NotFound(): ReactNode {
  return (
    <Empty title="There is no such page" actions={<ButtonLink to="/">Go to the worklist</ButtonLink>}>
      <p>The address may be old, or mistyped.</p>
    </Empty>
  );
}
