/** `?` shows the keys that hold on this page; `g` and a letter go somewhere. */
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { boardPath } from "../address.ts";
import { Dialog } from "../ui/dialog.tsx";
import { KeyHint } from "../ui/key-hint.tsx";
import { useKeyGroups, useKeys } from "../ui/use-keys.ts";
import { useProjects } from "./project.tsx";

export function WithKeysDialog({ children }: { readonly children: ReactNode }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const [, go] = useLocation();
  const { board } = useProjects();
  useKeys("Anywhere", [
    { keys: ["?"], says: "show the keys", do: () => setOpen(true) },
    { keys: ["g w"], says: "worklist", do: () => go("/") },
    { keys: ["g f"], says: "search", do: () => go("/search") },
    { keys: ["g s"], says: "studies", do: () => go("/runs") },
    { keys: ["g b"], says: "board", do: () => board !== null && go(boardPath(board.key)) },
    { keys: ["g d"], says: "drop zone", do: () => go("/drop") },
    { keys: ["g ,"], says: "settings", do: () => go("/settings") },
  ]);
  const groups = useKeyGroups();
  return (
    <>
      {children}
      <Dialog title="Keys" isOpen={isOpen} onClose={() => setOpen(false)}>
        <div className="keys">
          {groups.toReversed().map((group) => (
            <section key={group.title}>
              <h3>{group.title}</h3>
              <dl>
                {group.rows.map((row) => (
                  <div key={row.keys.join()}>
                    <dt>
                      {row.keys.map((keys) => (
                        <span key={keys}>
                          <KeyHint keys={keys} />
                        </span>
                      ))}
                    </dt>
                    <dd>{row.says}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </Dialog>
    </>
  );
}
