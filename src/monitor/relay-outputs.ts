import { PermissionError } from "../errors.ts";
import type { Deployment } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { recover } from "../recover.ts";
import type { StepRuntime } from "../step/runtime.ts";

/** Characters of all values together: the parent's variables have no room for more. */
const sizeLimit = 200_000;

/**
 * Passes on the output variables of the child's steps as `Deployment[<child step>].<name>`, except sensitive ones and those that repeat a
 * prompted value. A missing permission is only information, because few children have outputs.
 */
export async function relayOutputs(
  { manifestVariableSetId }: Deployment,
  space: SpaceGateway,
  step: StepRuntime,
): Promise<void> {
  if (manifestVariableSetId === undefined) return;
  const variables = await recover(space.variables(manifestVariableSetId), (error) => {
    if (error instanceof PermissionError) return undefined;
    step.warning(`The child's output variables could not be read: ${error.message}`);
    return [];
  });
  if (variables === undefined)
    step.info("The child's output variables were not passed on: the API key lacks VariableView.");
  let size = 0;
  for (const { name, value, isSensitive, isEcho } of variables ?? []) {
    const [, action = "", output = ""] = /^Octopus\.Action\[(.+?)\]\.Output\.(.+)$/.exec(name) ?? [];
    if (action === "" || output === "" || isSensitive || value === undefined) continue;
    const which = `The output variable ${output} of the child's step ${action}`;
    if (isEcho) step.warning(`${which} is not passed on, because it contains a prompted value.`);
    else if (size + value.length <= sizeLimit) {
      size += value.length;
      step.setOutput(`Deployment[${action}].${output}`, value);
    } else step.warning(`${which} is too long to be passed on.`);
  }
}
