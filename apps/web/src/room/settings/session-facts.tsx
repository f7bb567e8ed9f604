/** Who is signed in, and what they may do. */
import type { ReactNode } from "react";
import { useProjects } from "../shell/project.tsx";
import { useSession } from "../shell/session.tsx";

const ROLE: Readonly<Record<string, string>> = {
  viewer: "viewer: looks",
  reader: "reader: looks, annotates, drafts and signs",
  researcher: "researcher: all of a reader's; starts studies, searches, exports, brings in cases",
  admin: "admin: all of a researcher's; tokens, webhooks, trail",
  worker: "worker: takes jobs",
};

const HOW: Readonly<Record<string, string>> = {
  loopback: "this machine itself, without signing in",
  token: "a token",
  oidc: "an account (OpenID Connect)",
};

export function SessionFacts(): ReactNode {
  const { person, version } = useSession();
  const { rows } = useProjects();
  const has = (right: "identifiers" | "labels"): string =>
    person.rights.includes(right) ? "may be seen" : "are hidden";
  const facts = [
    ["Name", person.name],
    ["Role", ROLE[person.role] ?? person.role],
    ["Came by", HOW[person.how] ?? person.how],
    ["Patient ids and free text", has("identifiers")],
    ["Pictures of glass labels", has("labels")],
    ["Folders", rows === null ? "…" : rows.map((row) => row.name).join(", ") || "none"],
    ["Version of the service", version],
  ];
  return (
    <dl className="card settings-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
