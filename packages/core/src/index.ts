export { type Bag, checkBag } from "./bag.ts";
export { canonicalJson } from "./canonical.ts";
export type { CohortRow, Fold, Role, Split } from "./cohort.ts";
export { intersect, isInside, isInsideRing, type Point, type Polygon, type Rect, type Ring } from "./geometry.ts";
export { groupBy } from "./group.ts";
export {
  type CaseId,
  caseId,
  type PatientId,
  patientId,
  type SiteId,
  type SlideId,
  siteId,
  slideIdOf,
  withoutExtension,
} from "./id.ts";
export { nearestName } from "./nearest-name.ts";
export {
  attempt,
  describeFailure,
  type Failure,
  FailureError,
  type FailureKind,
  fail,
  isFailureError,
  type Outcome,
  ok,
  raise,
  unwrap,
} from "./outcome.ts";
export { type Random, randomStream } from "./random.ts";
export {
  type ClassifyTask,
  type MultilabelTask,
  type MultitaskTask,
  type NamedTask,
  type OrdinalTask,
  positiveIndex,
  type RegressTask,
  type SingleTask,
  type SurviveTask,
  type Task,
} from "./task.ts";
export { type Microns, type Mpp, microns, mpp, PLAUSIBLE_MPP, parseMpp } from "./units.ts";
