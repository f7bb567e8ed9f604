/** How a long run speaks to whoever watches: a terminal, a log, a test. */

export interface Progress {
  /** A new stretch of work with a known number of steps. */
  begin(title: string, total: number): void;
  /** `done` of the current stretch, with what just happened. */
  advance(done: number, note?: string): void;
  end(summary?: string): void;
  /** A remark that stays on the screen. */
  say(text: string): void;
}

export const silent: Progress = { begin() {}, advance() {}, end() {}, say() {} };
