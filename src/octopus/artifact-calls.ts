import * as z from "zod/mini";
import type * as model from "../model.ts";
import type { Id } from "../model.ts";
import { flag, id, instant, optionalId, optionalText, text } from "./fields.ts";
import type { SpaceGateway } from "./gateway.ts";
import type { Requests } from "./requests.ts";

const Artifact: z.ZodMiniType<model.Artifact> = z.pipe(
  z.object({
    Id: id<"Artifact">(),
    Filename: text,
    ServerTaskId: optionalId<"ServerTask">(),
    Created: instant,
    Source: text,
    LogCorrelationId: text,
  }),
  z.transform((artifact) => ({
    id: artifact.Id,
    fileName: artifact.Filename,
    taskId: artifact.ServerTaskId,
    created: artifact.Created,
    isCollected: artifact.Source !== "" && artifact.LogCorrelationId !== "",
  })),
);

const Variable: z.ZodMiniType<model.Variable> = z.pipe(
  z.object({ Name: text, Value: optionalText, IsSensitive: flag, Type: text }),
  z.transform((variable) => ({
    name: variable.Name,
    value: variable.Value,
    isSensitive: variable.IsSensitive || variable.Type === "Sensitive",
  })),
);

const Variables = z.pipe(
  z.object({ Variables: z.nullish(z.array(Variable)) }),
  z.transform((set) => set.Variables ?? []),
);

/** What a deployment leaves behind. https://octopus.com/docs/api/artifacts, …/variables */
export function artifactCalls(
  spaceId: Id<"Space">,
  requests: Requests,
): Pick<SpaceGateway, "artifactsOf" | "artifactContent" | "variables"> {
  return {
    async artifactsOf(taskId) {
      const purpose = `reading the artifacts of the server task ${taskId}`;
      const path = "~/api/{spaceId}/artifacts{?regarding,skip,take}";
      const all = await requests.readAll({ purpose, path, args: { spaceId, regarding: taskId }, shape: Artifact }, 100);
      // Old servers do not know the filter.
      return all.filter((artifact) => artifact.taskId === taskId);
    },
    artifactContent: (artifactId) =>
      requests.read({
        purpose: `reading the artifact ${artifactId}`,
        path: "~/api/{spaceId}/artifacts/{artifactId}/content",
        args: { spaceId, artifactId },
        shape: z.unknown(),
      }),
    variables: (setId) =>
      requests.readIfExists({
        purpose: `reading the variables of a deployment (${setId})`,
        path: "~/api/{spaceId}/variables/{setId}",
        args: { spaceId, setId },
        shape: Variables,
      }),
  };
}
