import * as z from "zod/mini";
import type * as model from "../model.ts";
import {
  converted,
  flag,
  id,
  instant,
  listOf,
  member,
  optional,
  optionalId,
  optionalText,
  resource,
  text,
} from "./fields.ts";
import type { SpaceGateway } from "./gateway.ts";
import type { Requests } from "./requests.ts";

const Artifact: z.ZodMiniType<model.Artifact> = converted(
  resource({
    id: id<"Artifact">(),
    fileName: ["Filename", text],
    taskId: ["ServerTaskId", optionalId<"ServerTask">()],
    created: instant,
    source: text,
    logCorrelationId: text,
  }),
  ({ source, logCorrelationId, ...artifact }) => ({
    ...artifact,
    isCollected: source !== "" && logCorrelationId !== "",
  }),
);

const Variable: z.ZodMiniType<Omit<model.Variable, "isEcho">> = converted(
  resource({
    name: text,
    value: optionalText,
    isSensitive: flag,
    type: text,
    prompt: optional(resource({ label: text })),
  }),
  ({ name, value, isSensitive, type, prompt }) => ({
    name,
    value,
    isSensitive: isSensitive || type === "Sensitive",
    promptLabel: prompt?.label,
  }),
);

const Variables = member("Variables", listOf(Variable));

/** Artifacts and variables of a deployment. https://octopus.com/docs/api/artifacts, …/variables */
export function artifactCalls({
  read,
  readAll,
  readIfExists,
  hide,
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
    variables: async (setId) => {
      const purpose = `reading the variables of a deployment (${setId})`;
      const variables = await readIfExists(purpose, "variables/{setId}", Variables, { setId });
      return variables?.map((each) => ({ ...each, isEcho: hide(each.value ?? "") !== (each.value ?? "") }));
    },
  };
}
