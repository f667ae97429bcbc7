import type { Route } from "../http/route.ts";
import { artifactRoutes } from "./artifact-routes.ts";
import { channelRoutes } from "./channel-routes.ts";
import { createDeploymentRoutes } from "./create-deployment-routes.ts";
import { createReleaseRoutes } from "./create-release-routes.ts";
import { deploymentRoutes } from "./deployment-routes.ts";
import { environmentRoutes } from "./environment-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { executionsRoutes } from "./executions-routes.ts";
import { freezeRoutes } from "./freeze-routes.ts";
import { interruptionRoutes } from "./interruption-routes.ts";
import { lifecycleRoutes } from "./lifecycle-routes.ts";
import { machineRoutes } from "./machine-routes.ts";
import { processRoutes } from "./process-routes.ts";
import { progressionRoutes } from "./progression-routes.ts";
import { projectGroupRoutes } from "./project-group-routes.ts";
import { projectRoutes } from "./project-routes.ts";
import { releaseRoutes } from "./release-routes.ts";
import { serverRoutes } from "./server-routes.ts";
import { spaceRoutes } from "./space-routes.ts";
import { tagSetRoutes } from "./tag-set-routes.ts";
import { taskLogRoutes } from "./task-log-routes.ts";
import { taskRoutes } from "./task-routes.ts";
import { teamRoutes } from "./team-routes.ts";
import { tenantRoutes } from "./tenant-routes.ts";
import { userRoutes } from "./user-routes.ts";
import { variableRoutes } from "./variable-routes.ts";

/** Every route of the server below `/api`. */
export const allRoutes: readonly Route[] = [
  ...serverRoutes,
  ...spaceRoutes,
  ...userRoutes,
  ...teamRoutes,
  ...environmentRoutes,
  ...lifecycleRoutes,
  ...projectGroupRoutes,
  ...projectRoutes,
  ...channelRoutes,
  ...tenantRoutes,
  ...tagSetRoutes,
  ...machineRoutes,
  ...releaseRoutes,
  ...createReleaseRoutes,
  ...deploymentRoutes,
  ...createDeploymentRoutes,
  ...executionsRoutes,
  ...taskRoutes,
  ...taskLogRoutes,
  ...progressionRoutes,
  ...interruptionRoutes,
  ...eventRoutes,
  ...artifactRoutes,
  ...variableRoutes,
  ...processRoutes,
  ...freezeRoutes,
];
