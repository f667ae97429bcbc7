import * as z from "zod/mini";
import type * as model from "../model.ts";
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
export function artifactCalls({
  read,
  readAll,
  readIfExists,
}: Requests): Pick<SpaceGateway, "artifactsOf" | "artifactContent" | "variables"> {
  return {
    async artifactsOf(taskId) {
      const purpose = `reading the artifacts of the server task ${taskId}`;
      const all = await readAll(purpose, "artifacts", Artifact, { regarding: taskId });
      // Old servers do not know the filter.
      return all.filter((artifact) => artifact.taskId === taskId);
    },
    artifactContent: (artifactId) =>
      read(`reading the artifact ${artifactId}`, "artifacts/{artifactId}/content", z.unknown(), { artifactId }),
    variables: (setId) =>
      readIfExists(`reading the variables of a deployment (${setId})`, "variables/{setId}", Variables, { setId }),
  };
}
