import { StepError } from "./errors.ts";
import type { Deployment } from "./model.ts";
import type { SpaceGateway } from "./octopus/gateway.ts";
import type { StepRuntime } from "./step/runtime.ts";

/** Characters of all values together: more would not fit into the parent's variables. */
const sizeLimit = 200_000;

/**
 * Passes on what the child's steps put out, as `Deployment[<child step>].<name>`; sensitive values never. What cannot be read is one
 * warning, for the child has ended as it has.
 */
export async function relayOutputs(
  { id, manifestVariableSetId }: Deployment,
  space: SpaceGateway,
  step: StepRuntime,
): Promise<void> {
  try {
    const variables = manifestVariableSetId === undefined ? undefined : await space.variables(manifestVariableSetId);
    if (variables === undefined) {
      step.warning(`The output variables of the child could not be read: the server does not show those of ${id}.`);
      return;
    }
    let size = 0;
    for (const { name, value, isSensitive } of variables) {
      const [, action = "", output = ""] = /^Octopus\.Action\[(.+?)\]\.Output\.(.+)$/.exec(name) ?? [];
      if (action === "" || output === "" || isSensitive || value === undefined) continue;
      size += value.length;
      if (size <= sizeLimit) step.setOutput(`Deployment[${action}].${output}`, value);
      else step.warning(`The output variable ${output} of the child's step ${action} is too long to be passed on.`);
    }
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    step.warning(`The output variables of the child could not be read: ${error.message}`);
  }
}
