/** The trail: who saw and did what, and whether the chain of hashes still holds. */
import { readTrail, verifyTrail } from "@nacre/api";
import { type ReactNode, useState } from "react";
import { useCall, useChange } from "../client/use-call.ts";
import { writeMoment } from "../shell/moment.ts";
import { Button, Failure, failureIn, Notice, TextField } from "../ui/index.ts";
import { Listed } from "./listed.tsx";

const PAGE = 100;

export function Trail(): ReactNode {
  const [actor, setActor] = useState("");
  const [action, setAction] = useState("");
  const [offset, setOffset] = useState(0);
  const query = {
    offset,
    limit: PAGE,
    ...(actor === "" ? {} : { actor }),
    ...(action === "" ? {} : { action }),
  };
  const trail = useCall(readTrail, { query }, { keepsFormer: true });
  const verify = useChange(verifyTrail, { refreshes: ["readTrail"] });
  return (
    <div className="stack">
      <div className="row trail-head">
        <TextField
          title="Who"
          value={actor}
          onChange={(event) => {
            setActor(event.target.value);
            setOffset(0);
          }}
        />
        <TextField
          title="What"
          placeholder="slide.seen"
          value={action}
          onChange={(event) => {
            setAction(event.target.value);
            setOffset(0);
          }}
        />
        <Button isBusy={verify.isPending} onClick={() => verify.mutate({})}>
          {verify.isPending ? "Checking…" : "Check the chain"}
        </Button>
      </div>
      {verify.data === undefined ? null : verify.data.ok ? (
        <Notice tone="good" title="The chain holds" isLive>
          {verify.data.rows} rows; head <code className="secret">{verify.data.head}</code>. Compare the head with one
          written down before: rows cut off at the end show only so.
        </Notice>
      ) : (
        <Notice tone="bad" title={`The chain is broken at row ${verify.data.broken ?? "unknown"}`} isLive>
          A row was changed, removed or put in from there on. Compare with a backup.
        </Notice>
      )}
      {verify.error === null ? null : <Failure failure={failureIn(verify.error)} />}
      <Listed
        label="Rows of the trail"
        query={trail}
        none={["Nothing of that kind was noted", "Take away what is typed above to see all."]}
        heads={["Row", "When", "Who", "What", "Of", "Hash"]}
        row={(row) => (
          <tr key={row.seq}>
            <td>{row.seq}</td>
            <td className="whole">{writeMoment(row.at)}</td>
            <td>{row.actor}</td>
            <td>{row.action}</td>
            <td>
              <code>{row.subject ?? row.project ?? ""}</code>
            </td>
            <td>
              <code title={row.hash}>{row.hash.slice(0, 12)}</code>
            </td>
          </tr>
        )}
      />
      {trail.data === undefined ? null : (
        <div className="row">
          <Button disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))}>
            Newer
          </Button>
          <Button disabled={offset + PAGE >= trail.data.total} onClick={() => setOffset(offset + PAGE)}>
            Older
          </Button>
          <span className="soft">
            {Math.min(offset + 1, trail.data.total)} to {offset + trail.data.rows.length} of{" "}
            {trail.data.total.toLocaleString("en-GB")}
          </span>
        </div>
      )}
    </div>
  );
}
