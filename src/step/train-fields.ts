import { choiceField, textField } from "./parameter-fields.ts";

/** The fields that say how several children go together. */
export const trainFields = [
  textField("Parallel.Limit", {
    label: "At the same time",
    defaultValue: "4",
    help: "How many child deployments may run at the same time. 0: all children that start together.",
  }),
  choiceField("Failure.Policy", {
    label: "When a child fails",
    options: {
      Stop: "Stop: start no further child",
      Continue: "Continue: start the other children all the same",
      RerunUntilDone: "RerunUntilDone: deploy failed children again until all succeed",
      RollBack: "RollBack: deploy again what the children ran before",
    },
    help: "What happens when a child fails. **Stop** follows the children that run to their end and starts no others. **Continue** starts all of them and names every failed child at the end. **RerunUntilDone** starts all of them, then deploys the failed ones again, pass after pass, until all succeed or a pass brings no progress. **RollBack** starts no others and takes back what this step deployed, in reverse order; the step fails all the same.",
  }),
  textField("Failure.Passes", {
    label: "Passes",
    defaultValue: "0",
    help: "For *RerunUntilDone*: how many passes at most. 0: as many as there are children.",
  }),
  choiceField("Report.SaveAsArtifact", {
    label: "Save a report as artifact",
    options: {
      Default: "Default: for several children, or if a failure is answered by more than Stop",
      Yes: "Yes: save a report",
      No: "No: save none",
    },
    help: "Whether the step attaches a report to the task, also when it fails: one HTML page to read and keep (what was planned or done, who approved it, when, and what to do next), and the same as JSON.",
  }),
] as const;
