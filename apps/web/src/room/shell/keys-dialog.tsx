/** `?` shows the keys that hold on this page; `g` and a letter go somewhere. */
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { Dialog } from "../ui/dialog.tsx";
import { KeyHint } from "../ui/key-hint.tsx";
import { useKeyGroups, useKeys } from "../ui/use-keys.ts";

export function WithKeysDialog({ children }: { readonly children: ReactNode }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const [, go] = useLocation();
  useKeys("Anywhere", [
    { keys: ["?"], says: "show the keys", do: () => setOpen(true) },
    { keys: ["g w"], says: "worklist", do: () => go("/") },
    { keys: ["g f"], says: "find alike", do: () => go("/search") },
    { keys: ["g s"], says: "studies", do: () => go("/runs") },
    { keys: ["g d"], says: "drop zone", do: () => go("/drop") },
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
                      {row.keys.map((keys, i) => (
                        <span key={keys}>
                          {i > 0 ? <span className="faint"> or </span> : null}
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
