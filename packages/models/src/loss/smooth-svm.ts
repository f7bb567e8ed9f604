/**
 * The smooth top-1 support vector loss of Berrada, Zisserman and Kumar 2018 for two classes with margin 1 and temperature 1.
 * The general form sums over pairs of classes; for two it closes to one line. With delta = score of class 1 - score of class 0
 * and m = 1 - delta for a sample of class 1, m = 1 + delta for one of class 0:
 *
 *   loss = ln(1 + e^m)  where |delta| < ln 1000,   max(0, m)  elsewhere
 */
import { abs, add, greater, neg, relu, softplus, type Tensor, where } from "@nacre/graph";

/** Beyond this difference of scores the smooth form is replaced by the hinge: ln 1000. */
export const HINGE_FROM = Math.log(1000);

/** Loss of each sample, in the shape of `delta`. @param label class of all of these samples */
export function smoothSvm(delta: Tensor, label: 0 | 1): Tensor {
  const m = add(label === 1 ? neg(delta) : delta, 1);
  return where(greater(abs(delta), HINGE_FROM), relu(m), softplus(m));
}
