import { choiceField, textField } from "./parameter-fields.ts";

/** The fields that say how several children are deployed together. */
export const trainFields = [
  textField("Parallel.Limit", {
    label: "At the same time",
    defaultValue: "4",
    help: "*Optional.* How many child deployments may run at the same time. 0: all children that start together. Default: 4.",
  }),
  choiceField("Failure.Policy", {
    label: "When a child fails",
    options: {
      Stop: "Stop: start no further child",
      Continue: "Continue: start the other children anyway",
      RerunUntilDone: "RerunUntilDone: redeploy failed children until all succeed",
      RollBack: "RollBack: return to the releases that were there before",
    },
    help: "*Optional.* **Stop** waits for the children that are running and starts no others. **Continue** starts all children and names those that failed at the end. **RerunUntilDone** starts all children, then redeploys the failed ones, pass after pass, until all succeed or a pass makes no progress. **RollBack** starts no others and redeploys the releases that were there before, in reverse order; the step still fails. Default: Stop.",
  }),
  textField("Failure.Passes", {
    label: "Passes",
    defaultValue: "0",
    help: "*Optional.* The highest number of passes if *When a child fails* is **RerunUntilDone**. 0: as many as there are children. Default: 0.",
  }),
  choiceField("Report.SaveAsArtifact", {
    label: "Save a report as an artifact",
    options: {
      Default: "Default: for several children, or any policy except Stop",
      Yes: "Yes: save a report",
      No: "No: save none",
    },
    help: "*Optional.* Whether to attach a report to the task, even if the step fails: an HTML page that says what was planned or done, who approved it, when, and what to do next, and the same as JSON. Default: a report for several children or any policy except Stop.",
  }),
] as const;
