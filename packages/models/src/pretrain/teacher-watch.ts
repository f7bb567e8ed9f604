/**
 * Whether the teacher still tells bags apart. Of its answers q over an epoch:
 *
 *   information = H(mean q) - mean H(q)      in nats; 0 where it says the same of every bag
 *
 * which is the entropy of all answers together less that of each. Both ways to collapse (one prototype for all; all prototypes for each)
 * end at 0.
 */
export interface TeacherWatch {
  add(answer: Float32Array): void;
  /** Information of what was added, which is then forgotten. */
  close(): number;
}

export function watchTeacher(k: number): TeacherWatch {
  let total = new Float64Array(k);
  let own = 0;
  let count = 0;
  return {
    add(answer) {
      for (let j = 0; j < k; j++) total[j] = (total[j] as number) + (answer[j] as number);
      own += entropy(answer, 1);
      count += 1;
    },
    close() {
      const information = entropy(total, count) - own / count;
      total = new Float64Array(k);
      own = 0;
      count = 0;
      return Math.max(0, information);
    },
  };
}

/** Of the shares values / scale, in nats. */
function entropy(values: ArrayLike<number>, scale: number): number {
  let sum = 0;
  for (let j = 0; j < values.length; j++) {
    const share = (values[j] as number) / scale;
    if (share > 0) sum -= share * Math.log(share);
  }
  return sum;
}
