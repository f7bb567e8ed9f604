/** Learning from another model's answers (Hinton et al. 2015): soft shares of the classes instead of one. */
import { div, exp, logSoftmax, mean, mul, stopGradient, sub, sum, type Tensor } from "@nacre/graph";

/**
 * temperature² times the mean over rows of KL(teacher, student) of softmax(logits / temperature), logits [b, k]. The square
 * keeps the size of the gradient when the temperature changes. None flows to the teacher.
 */
export function distillationLoss(student: Tensor, teacher: Tensor, temperature = 1): Tensor {
  if (!(temperature > 0)) throw new RangeError(`expected a temperature above 0, received ${temperature}`);
  const [ours, theirs] = [student, stopGradient(teacher)].map((t) => logSoftmax(div(t, temperature))) as [
    Tensor,
    Tensor,
  ];
  const perRow = sum(mul(exp(theirs), sub(theirs, ours)), { axes: [1] });
  return mul(mean(perRow), temperature ** 2);
}
