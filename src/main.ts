import { systemClock } from "./clock.ts";
import { runStep } from "./run-step.ts";
import { readRawVariables } from "./step/raw-variables.ts";
import { stdoutRuntime, stopWhenUnheard } from "./step/runtime.ts";

/** The bootstrap passes the variables on this file descriptor. */
const variableDescriptor = 3;

async function main(): Promise<void> {
  stopWhenUnheard(process.stdout, (exitCode) => process.exit(exitCode));
  const step = stdoutRuntime({
    write: (text) => process.stdout.write(text),
    workingDirectory: process.cwd(),
  });
  process.exitCode = await runStep(readRawVariables(variableDescriptor), step, systemClock);
}

void main();
