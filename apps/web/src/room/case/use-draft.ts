/**
 * The draft of a case while a person edits it. What is typed is kept apart from what the service holds until it is saved, which it is by
 * itself a moment after the last letter, with the version it was typed over: a newer one is a conflict even where the page has fetched it
 * meanwhile. After a conflict the newer text stands below what was typed, and the person chooses.
 */
import {
  beginDraft,
  type DraftField,
  type DraftReport,
  dropDraft,
  readCase,
  readDraft,
  reopenDraft,
  saveDraft,
  signDraft,
} from "@nacre/api";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useSyncExternalStore } from "react";
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
  /** Why what was typed into a field cannot be saved; null where it can. */
  wrongIn(field: DraftField): string | null;
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
  /** Lets go of the whole draft, or of an addendum under way. */
  drop(): void;
  begin(template: string, run: string | null): void;
  sign(): void;
  reopen(why: string): void;
}

/** What was typed, and the version it was typed over. */
interface Pending {
  readonly base: number;
  readonly typed: ReadonlyMap<string, Value>;
}

/** From the last letter to saving. */
export const SAVE_AFTER_MS = 3000;
/** How often the page looks whether somebody else has written. */
const LOOK_EVERY_MS = 5000;

const NOTHING: Pending = { base: 0, typed: new Map() };

/** What was typed into which case and is not saved: it outlives the page of the case, and the window is not closed over it unasked. */
const unsaved = new Map<string, Pending>();

const ears = new Set<() => void>();

const warn = (event: BeforeUnloadEvent): void => event.preventDefault();

function remember(key: string, pending: Pending): void {
  if (pending.typed.size === 0) unsaved.delete(key);
  else unsaved.set(key, pending);
  if (unsaved.size === 0) removeEventListener("beforeunload", warn);
  else addEventListener("beforeunload", warn);
  for (const ear of ears) ear();
}

function listen(ear: () => void): () => void {
  ears.add(ear);
  return () => void ears.delete(ear);
}

export function useDraft(key: string): DraftEdit {
  const params = { case: key };
  const client = useQueryClient();
  const read = useCall(readDraft, { params }, { freshMs: 0, everyMs: LOOK_EVERY_MS });
  const { base, typed } = useSyncExternalStore(listen, () => unsaved.get(key) ?? NOTHING);
  const setPending = (next: Pending): void => remember(key, next);
  const done = (draft: DraftReport): void => {
    const queryKey = [readDraft.id, { params }];
    // A look that began before the change would bring back the text of before.
    void client.cancelQueries({ queryKey });
    client.setQueryData(queryKey, draft);
  };
  const refreshes = ["readCase", "worklist", "listReports"] as const;
  const begun = useChange(beginDraft, { refreshes, done });
  const dropped = useChange(dropDraft, { refreshes, done });
  const signed = useChange(signDraft, { refreshes, done });
  const reopened = useChange(reopenDraft, { refreshes, done });
  const saved = useChange(saveDraft, {
    refreshes: ["worklist"],
    done: (draft, input) => {
      const sent = input.body?.values ?? {};
      // As it stands now, the page of the case left or not.
      const now = unsaved.get(key) ?? NOTHING;
      setPending({
        base: now.base === input.body?.version ? draft.version : now.base,
        // What was typed while the service saved is not lost.
        typed: new Map([...now.typed].filter(([name, value]) => !Object.hasOwn(sent, name) || sent[name] !== value)),
      });
      done(draft);
    },
  });
  const changes = [begun, saved, dropped, signed, reopened];
  const draft = read.data;
  useOthersWork(key, draft);
  // A version below is the one of before, on its way out.
  const isConflict = draft !== undefined && typed.size > 0 && (base < draft.version || draft.state !== "draft");
  const good = new Map(
    [...typed].filter(([name, value]) => {
      const field = draft?.fields.find((one) => one.name === name);
      return field !== undefined && wrongNumber(field, value) === null;
    }),
  );
  const isBusy = changes.some((change) => change.isPending);
  const put = (version: number, values: Record<string, Value>, confirmed: string[]): void =>
    saved.mutate(
      { params, body: { version, values, confirmed } },
      { onError: (error) => void (error.status === 409 && read.refetch()) },
    );
  const save = (): void => {
    if (good.size > 0 && !isConflict && draft?.state === "draft") put(base, Object.fromEntries(good), []);
  };
  useSaving(typed, save, { isBusy, isRefused: saved.error !== null && saved.error.status >= 400 });
  return {
    draft,
    failure: changes.find((change) => change.error !== null)?.error ?? read.error,
    isBusy,
    isConflict,
    typed,
    wrongIn: (field) => (typed.has(field.name) ? wrongNumber(field, typed.get(field.name) ?? null) : null),
    valueOf: (field) => (typed.has(field.name) ? (typed.get(field.name) ?? null) : field.value),
    type(name, value) {
      if (draft === undefined) return;
      const next = new Map(typed);
      if (value === draft.fields.find((field) => field.name === name)?.value) next.delete(name);
      else next.set(name, value);
      setPending({ base: typed.size === 0 ? draft.version : base, typed: next });
    },
    save,
    saveOver: () => draft && put(draft.version, Object.fromEntries(good), []),
    confirm: (name) => draft && put(draft.version, {}, [name]),
    forget() {
      setPending(NOTHING);
      saved.reset();
    },
    drop() {
      if (draft === undefined) return;
      setPending(NOTHING);
      dropped.mutate({ params, query: { version: draft.version } });
    },
    begin: (template, run) => begun.mutate({ params, body: { template, run } }),
    sign: () => draft && signed.mutate({ params, body: { version: draft.version } }),
    reopen: (why) => reopened.mutate({ params, body: { why } }),
  };
}

/** What a number of a report may not be: the service refuses the same. */
export function wrongNumber({ kind, unit, most }: DraftField, value: Value): string | null {
  if (kind !== "number" || typeof value !== "number") return null;
  if (value < 0) return "Not below 0.";
  if (most !== undefined && value > most) return `Not above ${most}.`;
  return unit === null && !Number.isInteger(value) ? "A whole number." : null;
}

/** Saves a moment after the last letter, and when the case is left; what the service refused waits for the next letter. */
function useSaving(
  typed: ReadonlyMap<string, Value>,
  save: () => void,
  { isBusy, isRefused }: { readonly isBusy: boolean; readonly isRefused: boolean },
): void {
  const tried = useRef<typeof typed>(null);
  const saveNow = useEffectEvent(save);
  useEffect(() => {
    if (typed.size === 0 || isBusy || (isRefused && tried.current === typed)) return;
    const timer = setTimeout(() => {
      tried.current = typed;
      saveNow();
    }, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [typed, isBusy, isRefused]);
  const leave = useEffectEvent(() => isBusy || isRefused || save());
  useEffect(() => {
    const hide = (): void => void (document.visibilityState === "hidden" && leave());
    document.addEventListener("visibilitychange", hide);
    return () => {
      document.removeEventListener("visibilitychange", hide);
      leave();
    };
  }, []);
}

/** What somebody else did to the report changes the case as well. */
function useOthersWork(key: string, draft: DraftReport | undefined): void {
  const client = useQueryClient();
  const seen = useRef(draft);
  useEffect(() => {
    const former = seen.current;
    seen.current = draft;
    if (former === undefined || former.state === draft?.state) return;
    void client.invalidateQueries({ queryKey: [readCase.id, { params: { case: key } }] });
  }, [client, key, draft]);
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
