import type { Id } from "../model.ts";
import { artifactCalls } from "./artifact-calls.ts";
import { deploymentCalls } from "./deployment-calls.ts";
import { freezeCalls } from "./freeze-calls.ts";
import type { Patience, SpaceGateway } from "./gateway.ts";
import { interruptionCalls } from "./interruption-calls.ts";
import { permissionCalls } from "./permission-calls.ts";
import { projectCalls } from "./project-calls.ts";
import { releaseCalls } from "./release-calls.ts";
import type { Requests } from "./requests.ts";
import { taskCalls } from "./task-calls.ts";
import { userCalls } from "./user-calls.ts";

/** Combines one module per API resource. Each sends its requests in this space, with the given patience. */
export function createSpaceGateway(
  spaceId: Id<"Space">,
  requestsWith: (patience: keyof Patience, spaceId: Id<"Space">) => Requests,
  patience: keyof Patience = "planning",
): SpaceGateway {
  const requests = requestsWith(patience, spaceId);
  return {
    spaceId,
    whilePolling: () => createSpaceGateway(spaceId, requestsWith, "polling"),
    ...projectCalls(requests),
    ...releaseCalls(requests),
    ...deploymentCalls(spaceId, requests),
    ...taskCalls(requests),
    ...artifactCalls(requests),
    ...freezeCalls(requests),
    ...permissionCalls(spaceId, requests),
    ...interruptionCalls(requests),
    ...userCalls(spaceId, requests),
  };
}
