import { parseArgs } from "node:util";
import { type ParameterDeclaration, parameterDeclarations } from "../../src/step/parameter-declarations.ts";
import { flagOf } from "./flags.ts";

export type CommandLine =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "demo" }
  | {
      readonly kind: "real-server";
      readonly url: string;
      readonly apiKey: string;
      readonly deploy: boolean;
      /** Parameter name to what was entered. */
      readonly parameters: Readonly<Record<string, string>>;
    }
  | { readonly kind: "wrong"; readonly message: string };

/** What somebody wants of `npm start`: without arguments and without a server in the environment, the demo. */
export function readCommandLine(args: readonly string[], environment: NodeJS.ProcessEnv): CommandLine {
  const flags = Object.fromEntries(Object.values(flagOf).map((flag) => [flag, { type: "string" }] as const));
  const options = { ...flags, deploy: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
  let values: Readonly<Record<string, string | boolean | undefined>>;
  try {
    values = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    return { kind: "wrong", message: `${error instanceof Error ? error.message : String(error)}\n\n${usage()}` };
  }
  if (values["help"] === true) return { kind: "help", text: usage() };

  const [url, apiKey] = [values["url"] ?? environment["OCTOPUS_URL"], environment["OCTOPUS_API_KEY"]];
  if (url === undefined && args.length === 0) return { kind: "demo" };
  if (typeof url !== "string" || url === "" || apiKey === undefined || apiKey === "") {
    const missing = "To run against a real server set OCTOPUS_URL and OCTOPUS_API_KEY in the environment.";
    return { kind: "wrong", message: `${missing} Without them and without arguments the demo runs.` };
  }
  const parameters = Object.entries(flagOf).flatMap(([name, flag]) => {
    const value = values[flag];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return {
    kind: "real-server",
    url,
    apiKey,
    deploy: values["deploy"] === true,
    parameters: Object.fromEntries(parameters),
  };
}

function usage(): string {
  const declarations = new Map<string, ParameterDeclaration>(parameterDeclarations.map((each) => [each.name, each]));
  return [
    "npm start                    runs the demo: the shipped step against an Octopus Server in memory",
    "npm start -- [flags]         runs the shipped step against OCTOPUS_URL with OCTOPUS_API_KEY, as a what-if",
    "",
    "  --deploy                   really deploy",
    ...Object.entries(flagOf).map(([name, flag]) => `  --${flag.padEnd(25)}${meaningOf(declarations.get(name))}`),
    "",
    'For instance: npm start -- --project "Web API" --to Staging. README.md says what each parameter means.',
  ].join("\n");
}

/** What the form calls it, what may be entered, and what holds otherwise. */
function meaningOf(declaration: ParameterDeclaration | undefined): string {
  if (declaration === undefined) return "";
  const { label, options, defaultValue } = declaration;
  if (options !== undefined) {
    return `${label}: ${options.map((option) => (option === defaultValue ? `${option} (default)` : option)).join(", ")}`;
  }
  return /^\d+$/.test(defaultValue) ? `${label}: ${defaultValue} (default)` : label;
}
