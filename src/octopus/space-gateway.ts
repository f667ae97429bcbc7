import type { Id } from "../model.ts";
import { artifactCalls } from "./artifact-calls.ts";
import { deploymentCalls } from "./deployment-calls.ts";
import { freezeCalls } from "./freeze-calls.ts";
import type { SpaceGateway } from "./gateway.ts";
import { interruptionCalls } from "./interruption-calls.ts";
import { permissionCalls } from "./permission-calls.ts";
import { projectCalls } from "./project-calls.ts";
import { releaseCalls } from "./release-calls.ts";
import type { Requests } from "./requests.ts";
import { taskCalls } from "./task-calls.ts";
import { userCalls } from "./user-calls.ts";

/** One room per noun of the API; each asks through `requests`, which knows how patient to be. */
export function createSpaceGateway(spaceId: Id<"Space">, requests: Requests, watching: Requests): SpaceGateway {
  return {
    spaceId,
    whileWatching: () => createSpaceGateway(spaceId, watching, watching),
    ...projectCalls(spaceId, requests),
    ...releaseCalls(spaceId, requests),
    ...deploymentCalls(spaceId, requests),
    ...taskCalls(spaceId, requests),
    ...artifactCalls(spaceId, requests),
    ...freezeCalls(requests),
    ...permissionCalls(spaceId, requests),
    ...interruptionCalls(spaceId, requests),
    ...userCalls(spaceId, requests),
  };
}
