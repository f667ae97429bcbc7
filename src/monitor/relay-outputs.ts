import type { Deployment } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { recover } from "../recover.ts";
import type { StepRuntime } from "../step/runtime.ts";

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
  const reading = manifestVariableSetId === undefined ? undefined : space.variables(manifestVariableSetId);
  const hidden = `the server does not show those of ${id}.`;
  const variables = (await recover(Promise.resolve(reading), ({ message }) => message)) ?? hidden;
  if (typeof variables === "string") {
    step.warning(`The output variables of the child could not be read: ${variables}`);
    return;
  }
  let size = 0;
  for (const { name, value, isSensitive } of variables) {
    const [, action = "", output = ""] = /^Octopus\.Action\[(.+?)\]\.Output\.(.+)$/.exec(name) ?? [];
    if (action === "" || output === "" || isSensitive || value === undefined) continue;
    if (size + value.length <= sizeLimit) {
      size += value.length;
      step.setOutput(`Deployment[${action}].${output}`, value);
    } else step.warning(`The output variable ${output} of the child's step ${action} is too long to be passed on.`);
  }
}
