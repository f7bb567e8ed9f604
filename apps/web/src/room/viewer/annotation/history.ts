/** Undo and redo of annotations: each step names one annotation before and after. */
import type { Annotation } from "@nacre/api";

/** What a person makes of an annotation; the rest of it is the service's. */
export type Drawn = Pick<Annotation, "id" | "geometry" | "name" | "colour" | "note">;

export interface Step {
  readonly id: string;
  /** Null: it was not there. */
  readonly before: Drawn | null;
  readonly after: Drawn | null;
}

const DEEPEST = 200;

export class History {
  #done: Step[] = [];
  #undone: Step[] = [];

  get canUndo(): boolean {
    return this.#done.length > 0;
  }
  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** A new step: what was undone before it is gone. */
  note(step: Step): void {
    this.#done = [...this.#done, step].slice(-DEEPEST);
    this.#undone = [];
  }

  /** The step to take back, moved to those that can be redone. */
  back(): Step | null {
    const step = this.#done.pop() ?? null;
    if (step !== null) this.#undone.push(step);
    return step;
  }
  forth(): Step | null {
    const step = this.#undone.pop() ?? null;
    if (step !== null) this.#done.push(step);
    return step;
  }

  /** An annotation that was removed comes back under a new id: every step that names it follows. */
  rename(from: string, to: string): void {
    const renamed = (drawn: Drawn | null): Drawn | null => (drawn === null ? null : { ...drawn, id: to });
    const follow = (step: Step): Step =>
      step.id === from ? { id: to, before: renamed(step.before), after: renamed(step.after) } : step;
    this.#done = this.#done.map(follow);
    this.#undone = this.#undone.map(follow);
  }
}
