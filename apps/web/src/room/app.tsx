/** The room: who is there, which page. Every page is a chunk of its own, fetched when it is first gone to. */
import { lazy, type ReactNode } from "react";
import { Route, Switch } from "wouter";
import { WithKeysDialog } from "./shell/keys-dialog.tsx";
import { NotFound } from "./shell/not-found.tsx";
import { Page } from "./shell/page.tsx";
import { WithProjects } from "./shell/project.tsx";
import { WithSession } from "./shell/session.tsx";
import { TopBar } from "./shell/top-bar.tsx";

const WorklistPage = lazy(() => import("./worklist/worklist-page.tsx").then((m) => ({ default: m.WorklistPage })));
const CasePage = lazy(() => import("./case/case-page.tsx").then((m) => ({ default: m.CasePage })));
const ViewerPage = lazy(() => import("./viewer/viewer-page.tsx").then((m) => ({ default: m.ViewerPage })));
const SearchPage = lazy(() => import("./search/search-page.tsx").then((m) => ({ default: m.SearchPage })));
const RunsPage = lazy(() => import("./study/runs-page.tsx").then((m) => ({ default: m.RunsPage })));
const RunPage = lazy(() => import("./study/run-page.tsx").then((m) => ({ default: m.RunPage })));
const MapPage = lazy(() => import("./map/map-page.tsx").then((m) => ({ default: m.MapPage })));
const BoardPage = lazy(() => import("./board/board-page.tsx").then((m) => ({ default: m.BoardPage })));
const DropPage = lazy(() => import("./drop/drop-page.tsx").then((m) => ({ default: m.DropPage })));
const SettingsPage = lazy(() => import("./settings/settings-page.tsx").then((m) => ({ default: m.SettingsPage })));

export function App(): ReactNode {
  return (
    <WithSession>
      <WithProjects>
        <WithKeysDialog>
          <TopBar />
          <Page>
            <Switch>
              <Route path="/" component={WorklistPage} />
              <Route path="/cases/:case" component={CasePage} />
              <Route path="/slides/:slide" component={ViewerPage} />
              <Route path="/search" component={SearchPage} />
              <Route path="/runs" component={RunsPage} />
              <Route path="/runs/:run" component={RunPage} />
              <Route path="/runs/:run/map" component={MapPage} />
              <Route path="/board/:project" component={BoardPage} />
              <Route path="/drop" component={DropPage} />
              <Route path="/settings" component={SettingsPage} />
              <Route component={NotFound} />
            </Switch>
          </Page>
        </WithKeysDialog>
      </WithProjects>
    </WithSession>
  );
}
