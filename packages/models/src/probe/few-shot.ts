/** A few rows of each class, drawn by chance: the train part of a few-shot experiment. */
import { fail, type Outcome, ok, type Random } from "@nacre/core";

/** `shots` row indices of each of k classes, rising. Fails with `too-few` where a class has fewer rows. */
export function drawShots(label: ArrayLike<number>, k: number, shots: number, random: Random): Outcome<number[]> {
  const drawn: number[] = [];
  for (let c = 0; c < k; c++) {
    const own = Array.from({ length: label.length }, (_, i) => i).filter((i) => label[i] === c);
    if (own.length < shots) {
      return fail("too-few", {
        expected: `${shots} rows of class ${c}`,
        received: String(own.length),
        remedy: `draw ${own.length} or fewer of each class`,
      });
    }
    drawn.push(...random.shuffled(own).slice(0, shots));
  }
  return ok(drawn.sort((a, b) => a - b));
}
