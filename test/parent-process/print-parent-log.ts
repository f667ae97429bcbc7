import { logPrinter, type Output, type PrintOptions } from "../step-host/print-log.ts";
import type { ParentResult } from "./parent-result.ts";

/** Prints the task log of a parent deployment as Octopus shows it: the deployment, its steps and their lines. */
export function printParentLog(output: Output, title: string, result: ParentResult, options: PrintOptions = {}): void {
  const printer = logPrinter(output, options);
  const warned = result.steps.some(({ status }) => status === "Warning");
  printer.heading(result.state === "Success" && warned ? "Warning" : result.state, title);
  for (const [index, step] of result.steps.entries()) {
    printer.heading(step.status, `Step ${index + 1}: ${step.name}`, 1);
    for (const line of step.log) printer.line(line, 2);
  }
  if (result.error !== undefined) printer.line({ level: "fatal", text: result.error }, 1);
}
