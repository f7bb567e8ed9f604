/** Which slides stand beside the first, and how they lie on it. The slides stand in the address; how they lie is kept in this browser. */
import type { SlideFacts } from "@nacre/api";
import { useEffect, useState } from "react";
import { useSearchParams } from "wouter";
import { keep, kept } from "../shell/kept.ts";
import type { Stage } from "./stage/stage.ts";
import { type Alignment, commonUnits, moveTogether } from "./stage/sync.ts";

interface Stand {
  readonly stage: Stage;
  readonly facts: SlideFacts;
}

export interface Companions {
  readonly keys: readonly string[];
  readonly add: (slide: string) => void;
  readonly remove: (slide: string) => void;
  /** Tells that a companion's stage stands, or is gone. */
  readonly stand: (slide: string, stand: Stand | null) => void;
  /** Lays middle on middle again. */
  readonly realign: (slide: string) => void;
}

/** Slides beside the first one. */
export const MOST_COMPANIONS = 3;

export function useCompanions(first: Stage | null, facts: SlideFacts): Companions {
  const [params, setParams] = useSearchParams();
  const text = params.get("with") ?? "";
  const keys = text
    .split(",")
    .filter((key, i, all) => /^[0-9a-f]{16}$/.test(key) && key !== facts.key && all.indexOf(key) === i)
    .slice(0, MOST_COMPANIONS);
  const [stands, setStands] = useState<Readonly<Record<string, Stand>>>({});
  const [turns, setTurns] = useState(0);
  const shown = keys.flatMap((key) => (stands[key] === undefined ? [] : [{ key, ...stands[key] }]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: tied anew when a slide comes, goes, or is centred
  useEffect(() => {
    if (first === null || shown.length === 0) return;
    const companions = shown.map((other) => {
      const units = commonUnits(facts.mpp, other.facts.mpp);
      return { stage: other.stage, units, alignment: keptAlignment(facts, other.facts) };
    });
    return moveTogether(first, companions, (at, alignment) => {
      const other = shown[at];
      if (other !== undefined) keep(nameOf(facts.key, other.key), JSON.stringify(alignment));
    });
  }, [first, stands, text, turns]);
  const write = (next: readonly string[]): void =>
    setParams(
      (now) => {
        const query = new URLSearchParams(now);
        if (next.length === 0) query.delete("with");
        else query.set("with", next.join(","));
        return query;
      },
      { replace: true },
    );
  return {
    keys,
    add: (slide) => write([...keys, slide].slice(0, MOST_COMPANIONS)),
    remove: (slide) => write(keys.filter((key) => key !== slide)),
    stand: (slide, stand) =>
      setStands(({ [slide]: _, ...rest }) => (stand === null ? rest : { ...rest, [slide]: stand })),
    realign(slide) {
      keep(nameOf(facts.key, slide), null);
      setTurns((n) => n + 1);
    },
  };
}

const nameOf = (first: string, second: string): string => `align.${first}.${second}`;

/** As it was left in this browser; else middle on middle. */
function keptAlignment(first: SlideFacts, second: SlideFacts): Alignment {
  const units = commonUnits(first.mpp, second.mpp);
  const middle = {
    x: (second.width * units.second - first.width * units.first) / 2,
    y: (second.height * units.second - first.height * units.first) / 2,
    rotation: 0,
  };
  try {
    const had = JSON.parse(kept(nameOf(first.key, second.key)) ?? "null") as Partial<Alignment> | null;
    const isWhole = [had?.x, had?.y, had?.rotation].every((value) => Number.isFinite(value));
    return isWhole ? (had as Alignment) : middle;
  } catch {
    return middle;
  }
}
