export interface OutputDeclaration {
  readonly name: string;
  readonly description: string;
}

/** The step's output variables, declared once: the runtime sets exactly these and the README table lists them. */
export const outputDeclarations = [
  { name: "ReleaseToPromote", description: "Version of the release the step chose, or `N/A`." },
  {
    name: "ReleaseNotes",
    description:
      "Markdown: the release notes, or, when nothing is to be deployed, one sentence with the reason and what is there.",
  },
  {
    name: "ChildReleaseToDeploy",
    description:
      "`True` if a deployment would be, or was, created or attached to; otherwise `False`. Made for run conditions.",
  },
  {
    name: "Outcome",
    description:
      "How the step ended: `Deployed`, `Started`, `Scheduled`, `WhatIf`, `Skipped`, `Failed`, `TimedOut` or `Canceled`.",
  },
  { name: "Reason", description: "Why, in one word: `NewRelease`, `AlreadyCurrent`, `NoMatchingRelease` and so on." },
  { name: "Message", description: "The same in a sentence." },
  { name: "CurrentRelease", description: "Version the destination ran before, or `N/A`." },
  { name: "ReleaseId", description: "Id of the chosen release, or empty." },
  { name: "DeploymentId", description: "Id of the child deployment, or empty." },
  { name: "TaskId", description: "Id of the child deployment's server task, or empty." },
  { name: "TaskState", description: "The last state seen of that server task, or empty." },
  { name: "DeploymentUrl", description: "Link to the child deployment in the Octopus portal, or empty." },
  { name: "ApprovedBy", description: "Who approved the child's manual interventions through this step, or empty." },
  { name: "ReleasePlan", description: "The plan as JSON." },
] as const satisfies readonly OutputDeclaration[];

export type OutputName = (typeof outputDeclarations)[number]["name"];
