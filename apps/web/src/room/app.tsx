/** The room: who is there, which page. Every page is a chunk of its own, fetched when it is first gone to. */
import type { ReactNode } from "react";
import { matchRoute, Route, Switch, useLocation, useRouter } from "wouter";
import { WithKeysDialog } from "./shell/keys-dialog.tsx";
import { type LatePage, latePage } from "./shell/late-page.tsx";
import { NotFound } from "./shell/not-found.tsx";
import { Page } from "./shell/page.tsx";
import { WithProjects } from "./shell/project.tsx";
import { WithSession } from "./shell/session.tsx";
import { TopBar } from "./shell/top-bar.tsx";

const PAGES: readonly (readonly [path: string, page: LatePage])[] = [
  ["/", latePage(() => import("./worklist/worklist-page.tsx").then((m) => m.WorklistPage))],
  ["/cases/:case", latePage(() => import("./case/case-page.tsx").then((m) => m.CasePage))],
  ["/slides/:slide", latePage(() => import("./viewer/viewer-page.tsx").then((m) => m.ViewerPage))],
  ["/search", latePage(() => import("./search/search-page.tsx").then((m) => m.SearchPage))],
  ["/runs", latePage(() => import("./study/runs-page.tsx").then((m) => m.RunsPage))],
  ["/runs/:run", latePage(() => import("./study/run-page.tsx").then((m) => m.RunPage))],
  ["/runs/:run/map", latePage(() => import("./map/map-page.tsx").then((m) => m.MapPage))],
  ["/board/:project", latePage(() => import("./board/board-page.tsx").then((m) => m.BoardPage))],
  ["/drop", latePage(() => import("./drop/drop-page.tsx").then((m) => m.DropPage))],
  ["/settings", latePage(() => import("./settings/settings-page.tsx").then((m) => m.SettingsPage))],
];

export function App(): ReactNode {
  const [path] = useLocation();
  const { parser } = useRouter();
  // While it is asked who is there, the page's code is on its way.
  PAGES.find(([pattern]) => matchRoute(parser, pattern, path)[0])?.[1].fetch();
  return (
    <WithSession>
      <WithProjects>
        <WithKeysDialog>
          <TopBar />
          <Page>
            <Switch>
              {PAGES.map(([pattern, LatePage]) => (
                <Route key={pattern} path={pattern} component={LatePage} />
              ))}
              <Route>
                <NotFound />
              </Route>
            </Switch>
          </Page>
        </WithKeysDialog>
      </WithProjects>
    </WithSession>
  );
}
