/**
 * The draft of a case while a person edits it. What is typed is kept apart from what the service holds until it is saved, with the
 * version it was typed over: a newer one is a conflict even where the page has fetched it meanwhile. After a conflict the newer text stands
 * below what was typed, and the person chooses.
 */
import {
  beginDraft,
  type DraftField,
  type DraftReport,
  readDraft,
  reopenDraft,
  saveDraft,
  signDraft,
} from "@nacre/api";
import { useQueryClient } from "@tanstack/react-query";
import { type Dispatch, type SetStateAction, useEffect, useState } from "react";
import type { CallFailure } from "../client/call.ts";
import { useCall, useChange } from "../client/use-call.ts";

export type Value = DraftField["value"];

export interface DraftEdit {
  readonly draft: DraftReport | undefined;
  readonly failure: CallFailure | null;
  readonly isBusy: boolean;
  /** The draft was saved by somebody else since it was read here; what was typed is kept. */
  readonly isConflict: boolean;
  readonly typed: ReadonlyMap<string, Value>;
  valueOf(field: DraftField): Value;
  type(name: string, value: Value): void;
  /** Saves what was typed, on the version it was typed over. */
  save(): void;
  /** Saves what was typed over what somebody else has saved since. */
  saveOver(): void;
  /** Takes a machine's value as one's own, as it stands. */
  confirm(name: string): void;
  /** Lets go of what was typed. */
  forget(): void;
  begin(template: string, run: string | null): void;
  sign(): void;
  reopen(why: string): void;
}

/** What was typed, and the version it was typed over. */
interface Pending {
  readonly base: number;
  readonly typed: ReadonlyMap<string, Value>;
}

const NOTHING: Pending = { base: 0, typed: new Map() };

/** What was typed into cases that were left without saving: it waits while the page stands. */
const unsaved = new Map<string, Pending>();

export function useDraft(key: string): DraftEdit {
  const params = { case: key };
  const client = useQueryClient();
  const read = useCall(readDraft, { params }, { freshMs: 0 });
  const [{ base, typed }, setPending] = usePending(key);
  const done = (draft: DraftReport): void => void client.setQueryData([readDraft.id, { params }], draft);
  const refreshes = ["readCase", "worklist", "listReports"] as const;
  const begun = useChange(beginDraft, { refreshes, done });
  const signed = useChange(signDraft, { refreshes, done });
  const reopened = useChange(reopenDraft, { refreshes, done });
  const saved = useChange(saveDraft, {
    refreshes: ["worklist"],
    done: (draft, input) => {
      const sent = input.body?.values ?? {};
      setPending((now) => ({
        base: now.base === input.body?.version ? draft.version : now.base,
        // What was typed while the service saved is not lost.
        typed: new Map([...now.typed].filter(([name, value]) => !Object.hasOwn(sent, name) || sent[name] !== value)),
      }));
      done(draft);
    },
  });
  const changes = [begun, saved, signed, reopened];
  const draft = read.data;
  const put = (version: number, values: Record<string, Value>, confirmed: string[]): void =>
    saved.mutate(
      { params, body: { version, values, confirmed } },
      { onError: (error) => void (error.status === 409 && read.refetch()) },
    );
  return {
    draft,
    failure: changes.find((change) => change.error !== null)?.error ?? read.error,
    isBusy: changes.some((change) => change.isPending),
    isConflict: draft !== undefined && typed.size > 0 && base !== draft.version,
    typed,
    valueOf: (field) => (typed.has(field.name) ? (typed.get(field.name) ?? null) : field.value),
    type(name, value) {
      if (draft === undefined) return;
      const next = new Map(typed);
      if (value === draft.fields.find((field) => field.name === name)?.value) next.delete(name);
      else next.set(name, value);
      setPending({ base: typed.size === 0 ? draft.version : base, typed: next });
    },
    save: () => typed.size > 0 && put(base, Object.fromEntries(typed), []),
    saveOver: () => draft && put(draft.version, Object.fromEntries(typed), []),
    confirm: (name) => draft && put(draft.version, {}, [name]),
    forget() {
      setPending(NOTHING);
      saved.reset();
    },
    begin: (template, run) => begun.mutate({ params, body: { template, run } }),
    sign: () => draft && signed.mutate({ params, body: { version: draft.version } }),
    reopen: (why) => reopened.mutate({ params, body: { why } }),
  };
}

/** Keeps what was typed over other pages, and warns before the whole page is left. */
function usePending(key: string): [Pending, Dispatch<SetStateAction<Pending>>] {
  const [pending, setPending] = useState(() => unsaved.get(key) ?? NOTHING);
  useEffect(() => {
    if (pending.typed.size === 0) {
      unsaved.delete(key);
      return;
    }
    unsaved.set(key, pending);
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [key, pending]);
  return [pending, setPending];
}

export interface MachineCount {
  /** Values that a machine began with. */
  readonly of: number;
  /** Of those, neither confirmed nor rewritten. */
  readonly unread: number;
}

export function countMachine(fields: readonly DraftField[]): MachineCount {
  const unread = fields.filter((field) => field.origin === "machine").length;
  const taken = fields.filter((field) => field.origin === "person" && field.evidence !== null).length;
  return { of: unread + taken, unread };
}
