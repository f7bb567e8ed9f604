/** Settings: who is signed in; and for admins tokens, the trail, webhooks and the service's health. */
import "./settings.css";
import type { ReactNode } from "react";
import { useSearchParams } from "wouter";
import { useMay } from "../shell/session.tsx";
import { TabPanel, Tabs } from "../ui/index.ts";
import { Health } from "./health.tsx";
import { SessionFacts } from "./session-facts.tsx";
import { Tokens } from "./tokens.tsx";
import { Trail } from "./trail.tsx";
import { Webhooks } from "./webhooks.tsx";

const SECTIONS = [
  { key: "session", title: "Session" },
  { key: "tokens", title: "Tokens" },
  { key: "trail", title: "Trail" },
  { key: "webhooks", title: "Webhooks" },
  { key: "health", title: "Health" },
] as const;

export function SettingsPage(): ReactNode {
  const isAdmin = useMay("admin");
  const [params, setParams] = useSearchParams();
  const sections = isAdmin ? SECTIONS : SECTIONS.slice(0, 1);
  const chosen = sections.find((section) => section.key === params.get("section"))?.key ?? "session";
  return (
    <div className="page stack settings">
      <h1>Settings</h1>
      <Tabs
        label="Sections"
        tabs={sections}
        chosen={chosen}
        onChoose={(section) => setParams({ section }, { replace: true })}
      />
      <TabPanel of={chosen}>
        {chosen === "session" ? <SessionFacts /> : null}
        {chosen === "tokens" ? <Tokens /> : null}
        {chosen === "trail" ? <Trail /> : null}
        {chosen === "webhooks" ? <Webhooks /> : null}
        {chosen === "health" ? <Health /> : null}
      </TabPanel>
    </div>
  );
}
