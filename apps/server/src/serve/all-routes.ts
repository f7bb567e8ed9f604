/** Every handler of the service: each feature gives its table, one line a feature. */
import { annotationRoutes } from "../annotation/annotation-routes.ts";
import { archiveRoutes } from "../archive/archive-routes.ts";
import { sessionRoutes } from "../auth/session-routes.ts";
import { tokenRoutes } from "../auth/token-routes.ts";
import { caseRoutes } from "../case/case-routes.ts";
import { dicomRoutes } from "../dicomweb/dicom-routes.ts";
import { draftRoutes } from "../draft/draft-routes.ts";
import { jobRoutes } from "../job/job-routes.ts";
import { searchRoutes } from "../search/search-routes.ts";
import { serviceRoutes } from "../service/service-routes.ts";
import { studyRoutes } from "../study/study-routes.ts";
import { otherViewerRoutes } from "../tile/other-viewer-routes.ts";
import { slideRoutes } from "../tile/slide-routes.ts";
import { trailRoutes } from "../trail/trail-routes.ts";
import { webhookRoutes } from "../webhook/webhook-routes.ts";
import type { Handled } from "./handle.ts";

export const ALL_ROUTES: readonly Handled[] = [
  ...sessionRoutes,
  ...tokenRoutes,
  ...trailRoutes,
  ...serviceRoutes,
  ...caseRoutes,
  ...annotationRoutes,
  ...draftRoutes,
  ...webhookRoutes,
  ...archiveRoutes,
  ...slideRoutes,
  ...otherViewerRoutes,
  ...studyRoutes,
  ...searchRoutes,
  ...jobRoutes,
  ...dicomRoutes,
];
