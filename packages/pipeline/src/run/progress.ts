/** How a long run speaks to whoever watches: a terminal, a log, a test, a page. */
import type { Failure } from "@nacre/core";

/** One epoch of the fit of one fold. */
export interface FoldEpoch {
  readonly fold: number;
  /** From 1. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly tuneLoss: number | null;
}

export interface Progress {
  /** A new stretch of work with a known number of steps. */
  begin(title: string, total: number): void;
  /** `done` of the current stretch, with what just happened. */
  advance(done: number, note?: string): void;
  end(summary?: string): void;
  /** A remark that stays on the screen. */
  say(text: string): void;
  /** What became of a slide of the cohort. */
  became?(slide: string, state: string, failure: Failure | null): void;
  /** An epoch of the study's own model, not of its baseline. */
  learned?(epoch: FoldEpoch): void;
}

export const silent: Progress = { begin() {}, advance() {}, end() {}, say() {} };
