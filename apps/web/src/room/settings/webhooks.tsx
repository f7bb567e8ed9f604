/** Webhooks: addresses that are told of events. */
import { listWebhooks, makeWebhook, type RouteReply, removeWebhook, WEBHOOK_EVENTS } from "@nacre/api";
import { type FormEvent, type ReactNode, useState } from "react";
import { useCall, useChange } from "../client/use-call.ts";
import { writeMoment } from "../shell/moment.ts";
import { Button, CheckField, Failure, failureIn, Notice, TextField } from "../ui/index.ts";
import { Listed } from "./listed.tsx";

type EventName = (typeof WEBHOOK_EVENTS)[number];
type WebhookRow = RouteReply<typeof listWebhooks>["rows"][number];

export function Webhooks(): ReactNode {
  const hooks = useCall(listWebhooks);
  const remove = useChange(removeWebhook, { refreshes: ["listWebhooks"] });
  return (
    <div className="stack">
      <MakeWebhook />
      {remove.error === null ? null : <Failure failure={failureIn(remove.error)} />}
      <Listed
        label="Webhooks"
        query={hooks}
        none={[
          "No webhooks",
          "A webhook tells another program of an event. Its host must stand under webhookHosts in the configuration of the service.",
        ]}
        heads={["Address", "Events", "Last told", "Actions"]}
        row={(row) => (
          <tr key={row.id}>
            <th scope="row">{row.url}</th>
            <td>{row.events.join(", ")}</td>
            <td>{lastTold(row)}</td>
            <td>
              <Button
                kind="danger"
                onClick={() => remove.mutate({ params: { id: row.id } })}
                aria-label={`Remove the webhook ${row.url}`}
              >
                Remove
              </Button>
            </td>
          </tr>
        )}
      />
    </div>
  );
}

function lastTold({ last }: WebhookRow): string {
  if (last === null) return "never";
  return `${writeMoment(last.at)}: ${last.status ?? "no answer"} ${last.text}`;
}

function MakeWebhook(): ReactNode {
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<readonly EventName[]>([]);
  const make = useChange(makeWebhook, { refreshes: ["listWebhooks"], done: () => setUrl("") });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate({ body: { url: url.trim(), events: [...events] } });
  };
  const toggle = (name: EventName) => () =>
    setEvents(events.includes(name) ? events.filter((other) => other !== name) : [...events, name]);
  return (
    <form className="card stack" onSubmit={submit}>
      <h2>Tell an address</h2>
      <TextField
        title="Address"
        type="url"
        placeholder="https://"
        value={url}
        required
        onChange={(e) => setUrl(e.target.value)}
      />
      <fieldset className="chips checks">
        <legend>Events</legend>
        {WEBHOOK_EVENTS.map((name) => (
          <CheckField key={name} title={name} checked={events.includes(name)} onChange={toggle(name)} />
        ))}
      </fieldset>
      <div>
        <Button
          type="submit"
          kind="primary"
          disabled={url.trim() === "" || events.length === 0}
          isBusy={make.isPending}
        >
          Add
        </Button>
      </div>
      {make.data === undefined ? null : (
        <Notice tone="warn" title="The secret that signs what is told, shown this once" isLive>
          <code className="secret">{make.data.secret}</code>
        </Notice>
      )}
      {make.error === null ? null : <Failure failure={failureIn(make.error)} />}
    </form>
  );
}
