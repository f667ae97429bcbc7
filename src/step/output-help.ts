import type { OutputName } from "./outputs.ts";

/** What each output variable holds, in Markdown, for the README. Not part of the script. */
export const outputHelp: Readonly<Record<OutputName, string>> = {
  ReleaseToPromote:
    "Version of the release the step chose; `N/A` when it chose none, which means *no release* as the *Release number* of another step.",
  ReleaseNotes:
    "Markdown: the release notes, or, when nothing is to be deployed, one sentence with the reason and what is there.",
  ChildReleaseToDeploy:
    "`True` if a deployment would be, or was, created or attached to; otherwise `False`. Made for run conditions.",
  Outcome:
    "How the step ended: `Deployed`, `Started`, `Scheduled`, `WhatIf`, `Skipped`, `Failed`, `TimedOut` or `Canceled`.",
  Reason: "Why, in one word: `NewRelease`, `AlreadyCurrent`, `NoMatchingRelease` and so on.",
  Message: "The same in a sentence.",
  CurrentRelease:
    "Version the destination ran before; `N/A` when nothing was there, which means *no release* as the *Release number* of another step.",
  ReleaseId: "Id of the chosen release, or empty.",
  DeploymentId: "Id of the child deployment, or empty.",
  TaskId: "Id of the child deployment's server task, or empty.",
  TaskState: "The last state seen of that server task, or empty.",
  DeploymentUrl: "Link to the child deployment in the Octopus portal, or empty.",
  ApprovedBy: "Who approved the child's manual interventions through this step, or empty.",
  ReleasePlan: "The plan as JSON.",
};
