import type { Variable } from "../documents/process.ts";
import type { Release } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { scopesOf } from "./environments.ts";
import type { Destination } from "./targets.ts";

/** The prompted variables of a release whose scope includes a destination. */
export function promptedVariables(core: Core, release: Release, destination: Destination): readonly Variable[] {
  return [release.variableSnapshotId, ...release.librarySnapshotIds]
    .flatMap((id) => core.state.variableSets.get(id)?.variables ?? [])
    .filter((variable) => variable.prompt !== null && isInScope(core, variable, destination));
}

function isInScope(core: Core, { scope }: Variable, { environmentId, channelId, tenant }: Destination): boolean {
  const tags = scope["TenantTag"] ?? [];
  return (
    scopesOf(core, environmentId).some((id) => holds(scope["Environment"], id)) &&
    holds(scope["Channel"], channelId) &&
    (tags.length === 0 || tags.some((tag) => tenant?.tags.includes(tag) === true))
  );
}

function holds(ids: readonly string[] | undefined, id: string): boolean {
  return ids === undefined || ids.length === 0 || ids.includes(id);
}

/** The form of a preview, with a control per variable. It does not show defaults of sensitive variables. */
export function formOf(variables: readonly Variable[]): unknown {
  return {
    Values: Object.fromEntries(
      variables.map((variable) => [variable.id, variable.isSensitive ? "" : (variable.value ?? "")]),
    ),
    Elements: variables.map((variable) => ({
      Name: variable.id,
      IsValueRequired: variable.prompt?.required ?? false,
      Control: {
        Type: "VariableValue",
        Name: variable.name,
        Label: variable.prompt?.label ?? "",
        Description: variable.prompt?.description ?? "",
        Required: variable.prompt?.required ?? false,
        DisplaySettings: variable.isSensitive
          ? { "Octopus.ControlType": "Sensitive" }
          : (variable.prompt?.displaySettings ?? {}),
      },
    })),
  };
}

/** The sent values that are prompted for at this destination: the server drops all others (Issues 6813, cli 315). */
export function askedFor(
  variables: readonly Variable[],
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const asked = new Set(variables.map(({ id }) => id));
  return Object.fromEntries(Object.entries(given).filter(([id]) => asked.has(id)));
}

/** The names of required variables that have neither a sent value nor a default. */
export function missingValues(
  variables: readonly Variable[],
  given: Readonly<Record<string, string>>,
): readonly string[] {
  return variables
    .filter(({ id, value, prompt }) => prompt?.required === true && (given[id] ?? value ?? "") === "")
    .map(({ name }) => name);
}
