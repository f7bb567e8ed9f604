/** The bar above every page: where one can go, which folder is looked at, who is there, and what this is not. */
import { signOut } from "@nacre/api";
import type { ReactNode } from "react";
import { Link, useLocation, useRoute } from "wouter";
import { boardPath } from "../address.ts";
import { useChange } from "../client/use-call.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { useProjects } from "./project.tsx";
import { useMay, useSession } from "./session.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

function Place({
  to,
  also,
  children,
}: {
  readonly to: string;
  readonly also?: string;
  readonly children: ReactNode;
}): ReactNode {
  const [isHere] = useRoute(to);
  const [isNear] = useRoute(also ?? to);
  return (
    <Link href={to} className="place" aria-current={isHere || isNear ? "page" : undefined}>
      {children}
    </Link>
  );
}

export function TopBar(): ReactNode {
  const session = useSession();
  const { rows, current, board, choose, isSynthetic } = useProjects();
  const [path, go] = useLocation();
  const leave = useChange(signOut, { refreshes: ["readSession"], done: () => location.assign("/") });
  const mayResearch = useMay("researcher");
  // The drop zone shows files of one's own, which say for themselves what they are.
  const ofOwnFiles = path === "/drop";
  const chooseProject = (key: string): void => {
    choose(key === "" ? null : key);
    if (path.startsWith("/board/") && key !== "") go(boardPath(key));
  };
  return (
    <header className="top-bar">
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <div className="bar-line">
        <Link href="/" className="mark">
          Nacre
        </Link>
        <nav aria-label="Pages" className="places">
          <Place to="/" also="/cases/:case">
            Worklist
          </Place>
          <Place to="/search">Search</Place>
          <Place to="/runs" also="/runs/*">
            Studies
          </Place>
          {board === null ? null : (
            <Place to={boardPath(board.key)} also="/board/:project">
              Board
            </Place>
          )}
          <Place to="/drop">Drop zone</Place>
          <Place to="/settings">Settings</Place>
        </nav>
        <div className="bar-end">
          {rows !== null && rows.length > 1 ? (
            <select
              className="input bar-select"
              aria-label="Folder"
              value={current?.key ?? ""}
              onChange={(event) => chooseProject(event.target.value)}
            >
              <option value="">All folders</option>
              {rows.map((row) => (
                <option key={row.key} value={row.key}>
                  {row.name}
                </option>
              ))}
            </select>
          ) : null}
          {mayResearch && rows?.some((row) => row.scanning) ? (
            <Badge tone="info">Looking through the folder…</Badge>
          ) : null}
          <ThemeSwitch />
          <span className="who" title={`${session.person.role}; signed in by ${session.person.how}`}>
            {session.person.name}
          </span>
          {session.person.how === "loopback" ? null : (
            <Button kind="quiet" isBusy={leave.isPending} onClick={() => leave.mutate({})}>
              Sign out
            </Button>
          )}
        </div>
      </div>
      <div className="bar-notice">
        {isSynthetic && !ofOwnFiles ? (
          <strong className="synthetic" title="Drawn by a program; no patient">
            SYNTHETIC
          </strong>
        ) : null}
        <span>{session.notice}</span>
      </div>
    </header>
  );
}
