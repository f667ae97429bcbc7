import * as z from "zod";

/** What a process takes from a step template: the script and the parameters. */
export interface StepTemplate {
  readonly scriptBody: string;
  readonly defaults: Readonly<Record<string, string>>;
  /** Names of the parameters whose values are secrets. */
  readonly sensitive: readonly string[];
}

/** Reads a step template as Octopus exports it. Throws when the value is no step template, or has no inline Bash script. */
export function readStepTemplate(json: unknown): StepTemplate {
  const { Properties, Parameters } = ExportedTemplate.parse(json);
  return {
    scriptBody: Properties["Octopus.Action.Script.ScriptBody"],
    defaults: Object.fromEntries(Parameters.map(({ Name, DefaultValue }) => [Name, DefaultValue ?? ""])),
    sensitive: Parameters.filter(({ DisplaySettings }) => DisplaySettings["Octopus.ControlType"] === "Sensitive").map(
      ({ Name }) => Name,
    ),
  };
}

/** A step template with nothing but a script: for steps around those under test. */
export function plainScript(scriptBody: string): StepTemplate {
  return { scriptBody, defaults: {}, sensitive: [] };
}

const ExportedTemplate = z.object({
  Properties: z.object({
    "Octopus.Action.Script.Syntax": z.literal("Bash"),
    "Octopus.Action.Script.ScriptSource": z.literal("Inline"),
    "Octopus.Action.Script.ScriptBody": z.string(),
  }),
  Parameters: z.array(
    z.object({
      Name: z.string(),
      DefaultValue: z.string().nullable(),
      DisplaySettings: z.object({ "Octopus.ControlType": z.string() }),
    }),
  ),
});
