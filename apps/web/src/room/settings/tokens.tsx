/** Tokens: made here, told once, ended here. */
import { listTokens, makeToken, type Right, type Role, revokeToken, roleSchema } from "@nacre/api";
import { type FormEvent, type ReactNode, useState } from "react";
import { useCall, useChange } from "../client/use-call.ts";
import { writeMoment } from "../shell/moment.ts";
import { Badge, Button, CheckField, Failure, failureIn, Notice, SelectField, TextField } from "../ui/index.ts";
import { Listed } from "./listed.tsx";

export function Tokens(): ReactNode {
  const tokens = useCall(listTokens);
  const revoke = useChange(revokeToken, { refreshes: ["listTokens"] });
  return (
    <div className="stack">
      <MakeToken />
      {revoke.error === null ? null : <Failure failure={failureIn(revoke.error)} />}
      <Listed
        label="Tokens"
        query={tokens}
        none={["No tokens", "A token lets a program, a worker or a person without an account sign in."]}
        heads={["Name", "Role", "Rights", "Made", "Ends", "Last used", "Actions"]}
        row={(row) => (
          <tr key={row.id}>
            <th scope="row">{row.name}</th>
            <td>{row.role}</td>
            <td>{row.rights.join(", ") || "none"}</td>
            <td className="whole">{writeMoment(row.created)}</td>
            <td className="whole">{row.expires === null ? "never" : writeMoment(row.expires)}</td>
            <td className="whole">{row.used === null ? "never" : writeMoment(row.used)}</td>
            <td>
              {row.revoked !== null ? (
                <Badge tone="bad">ended</Badge>
              ) : (
                <Button
                  kind="danger"
                  isBusy={revoke.isPending && revoke.variables?.params?.id === row.id}
                  onClick={() => revoke.mutate({ params: { id: row.id } })}
                  aria-label={`End the token ${row.name}`}
                >
                  End
                </Button>
              )}
            </td>
          </tr>
        )}
      />
    </div>
  );
}

function MakeToken(): ReactNode {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [rights, setRights] = useState<readonly Right[]>([]);
  const [days, setDays] = useState("90");
  const make = useChange(makeToken, { refreshes: ["listTokens"], done: () => setName("") });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate({
      body: { name: name.trim(), role, rights: [...rights], days: days === "" ? null : Number(days) },
    });
  };
  const toggle = (right: Right) => () =>
    setRights(rights.includes(right) ? rights.filter((other) => other !== right) : [...rights, right]);
  return (
    <form className="card stack" onSubmit={submit}>
      <h2>Make a token</h2>
      <div className="token-form">
        <TextField
          title="For whom or what"
          value={name}
          maxLength={120}
          required
          onChange={(e) => setName(e.target.value)}
        />
        <SelectField
          title="Role"
          value={role}
          choices={roleSchema.options.map((value) => ({ value, title: value }))}
          onChange={(e) => setRole(roleSchema.parse(e.target.value))}
        />
        <TextField
          title="Days it holds"
          hint="Empty: until it is ended"
          type="number"
          min={1}
          max={3650}
          value={days}
          onChange={(e) => setDays(e.target.value)}
        />
      </div>
      <div className="row">
        <CheckField
          title="May see patient ids"
          checked={rights.includes("identifiers")}
          onChange={toggle("identifiers")}
        />
        <CheckField title="May see glass labels" checked={rights.includes("labels")} onChange={toggle("labels")} />
      </div>
      <div>
        <Button type="submit" kind="primary" disabled={name.trim() === ""} isBusy={make.isPending}>
          Make
        </Button>
      </div>
      {make.data === undefined ? null : (
        <Notice tone="warn" title={`The token of ${make.data.row.name}, shown this once`} isLive>
          <p>
            <code className="secret">{make.data.token}</code>
          </p>
          <p className="small soft">Copy it now. The service keeps only its hash.</p>
        </Notice>
      )}
      {make.error === null ? null : <Failure failure={failureIn(make.error)} />}
    </form>
  );
}
