/**
 * The numbers of a run as the report reads them: the scorecard in the shape of scorecard.json. The estimates and the parts are
 * the referee's own types; only what stands beside the parts is declared here.
 */
import type { Estimate, PartScore } from "@nacre/evaluation";

export type { AuditReport, DecisionPoint, Estimate, Finding, PartCount, PartScore } from "@nacre/evaluation";

export interface Scorecard {
  readonly internal: PartScore | null;
  readonly external: PartScore | null;
  readonly baselines: {
    readonly siteOnly: Estimate | null;
    /** AUROC of a mean pool with a linear head, on the same patients. */
    readonly meanPool: {
      readonly internal: Estimate | null;
      readonly external: Estimate | null;
      /** AUROC of the model minus that of the mean pool on the same patients (paired DeLong), where it was tested. */
      readonly difference?: { readonly internal: Estimate | null; readonly external: Estimate | null } | undefined;
    } | null;
  };
}
