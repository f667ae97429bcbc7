import { createHash } from "node:crypto";
import { parameterDeclarations } from "../../src/step/parameter-declarations.ts";
import type { ParameterDeclaration } from "../../src/step/parameter-declarations.ts";
import type { TemplateEdition } from "./manifest.ts";

export const templateName = "Octopus - Deploy Child Project (Node.js)";

// Never changes, because Octopus identifies the template by this id, and the ids of the parameters are derived from it.
const templateId = "6f1d9c52-3b0e-4f7a-9d43-c27c8e5a1b64";

const paragraphs = [
  "Promotes a child project's release from a parent project that orchestrates a release: finds the release that was last successfully deployed to the previous environment, decides whether to deploy that release, deploys it, waits for the deployment, and answers the child's manual interventions on behalf of users who approved in the parent.",
  "One step deploys one child project, or a list of them in order and side by side. A what-if run publishes what would be deployed, for an approval, and deploys nothing.",
  "**Needs a Linux worker with Bash and Node.js 18 or later**; PowerShell is not needed. The current Ubuntu images of `octopusdeploy/worker-tools` have Node.js, so an execution container also works. Under *Execution location* choose **Run once on a worker** and a Linux worker pool. On deployment targets the step would start one child deployment for each of them.",
];

/** The parts of a template besides its script and its parameters. */
export interface TemplateOrigin {
  readonly edition: TemplateEdition;
  readonly repository: string | undefined;
}

/** The community step template as JSON, in the library's own order of keys and in ASCII. Ends with a line feed. */
export function stepTemplate(scriptBody: string, { edition, repository }: TemplateOrigin): string {
  const source = repository === undefined ? [] : [`[Source and documentation](${repository})`];
  const template = {
    Id: templateId,
    Name: templateName,
    Description: [...paragraphs, ...source].join("\n\n"),
    ActionType: "Octopus.Script",
    Version: edition.version,
    CommunityActionTemplateId: null,
    Packages: [],
    GitDependencies: [],
    Properties: {
      "Octopus.Action.RunOnServer": "true",
      "Octopus.Action.Script.ScriptSource": "Inline",
      "Octopus.Action.Script.Syntax": "Bash",
      "Octopus.Action.Script.ScriptBody": scriptBody,
    },
    Parameters: parameterDeclarations.map(templateParameter),
    StepPackageId: "Octopus.Script",
    $Meta: { ExportedAt: edition.exportedAt, OctopusVersion: "2022.3.10750", Type: "ActionTemplate" },
    LastModifiedBy: edition.lastModifiedBy,
    Category: "octopus",
  };
  return `${JSON.stringify(template, null, 2).replace(/[^\n\x20-\x7e]/g, jsonEscape)}\n`;
}

function templateParameter({ name, label, help, defaultValue, ...field }: ParameterDeclaration): object {
  return {
    Id: idFor(name),
    Name: name,
    Label: label,
    HelpText: help,
    DefaultValue: defaultValue,
    DisplaySettings: displaySettings(field),
  };
}

function displaySettings({ control, options, optionLabels }: Partial<ParameterDeclaration>): object {
  if (options === undefined) return { "Octopus.ControlType": control ?? "SingleLineText" };
  return {
    "Octopus.ControlType": "Select",
    "Octopus.SelectOptions": options.map((option) => `${option}|${optionLabels?.[option] ?? option}`).join("\n"),
  };
}

/** A name-based UUID (version 5, RFC 9562) in the template's own namespace. */
function idFor(name: string): string {
  const namespace = Buffer.from(templateId.replaceAll("-", ""), "hex");
  const digest = createHash("sha1").update(namespace).update(name).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return digest.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function jsonEscape(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
