import { parseArgs } from "node:util";
import { type ParameterDeclaration, parameterDeclarations } from "../../src/step/parameter-declarations.ts";
import { flagOf } from "./flags.ts";
import type { DemoOptions } from "./play-demo.ts";

export type CommandLine =
  | { readonly kind: "help"; readonly text: string }
  | ({ readonly kind: "demo"; readonly remark: string | undefined } & DemoOptions)
  | {
      readonly kind: "real-server";
      readonly url: string;
      readonly apiKey: string;
      /** Name of the space that takes the place of the parent's. */
      readonly space: string;
      readonly deploy: boolean;
      /** Whether to show every line of the task log. */
      readonly verbose: boolean;
      /** Entered values by parameter name. */
      readonly parameters: Readonly<Record<string, string>>;
    }
  | { readonly kind: "wrong"; readonly message: string };

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** The task of `npm start`: the demo, unless flags of the step are given, whatever the environment contains. */
export function readCommandLine(args: readonly string[], environment: NodeJS.ProcessEnv): CommandLine {
  let values: Values;
  try {
    values = parseArgs({ args: [...args], options: accepted }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "wrong", message: `${usage()}\n\n${reason}` };
  }
  if (values["help"] === true) return { kind: "help", text: usage() };
  const given = Object.keys(values).filter((flag) => !demoFlags.includes(flag));
  if (given.length === 0) return demo(values, environment);
  const foreign = Object.keys(values).find((flag) => flag === "scene");
  if (foreign !== undefined)
    return {
      kind: "wrong",
      message: `--scene belongs to the demo and --${given[0]} to your own server: leave out one.`,
    };
  return realServer(values, environment);
}

const flags = Object.fromEntries(Object.values(flagOf).map((flag) => [flag, { type: "string" }] as const));

const accepted = {
  ...flags,
  deploy: { type: "boolean" },
  scene: { type: "string" },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const demoFlags: readonly string[] = ["scene", "verbose"];

function demo(values: Values, environment: NodeJS.ProcessEnv): CommandLine {
  const { scene } = values;
  if (typeof scene === "string" && !/^[1-9]\d?$/.test(scene))
    return { kind: "wrong", message: `--scene takes the number of a scene, not "${scene}".` };
  const remark =
    (environment["OCTOPUS_URL"] ?? "") === ""
      ? undefined
      : "OCTOPUS_URL is set but not used: this is the demo. Add flags to use your own server, such as --project (see --help).";
  return {
    kind: "demo",
    remark,
    scene: scene === undefined ? undefined : Number(scene),
    verbose: values["verbose"] === true,
  };
}

/** Flags of fields that have no default, or whose default comes from a parent's deployment. */
const required = [
  ["project", "Which project?", "<name>"],
  ["to", "To which environment?", "<environment>"],
] as const;

function realServer(values: Values, environment: NodeJS.ProcessEnv): CommandLine {
  const [url, apiKey] = [values["url"] ?? environment["OCTOPUS_URL"], environment["OCTOPUS_API_KEY"]];
  if (typeof url !== "string" || url === "")
    return { kind: "wrong", message: "Which server? Set OCTOPUS_URL in the environment, or add --url." };
  if (apiKey === undefined || apiKey === "")
    return {
      kind: "wrong",
      message:
        "Set OCTOPUS_API_KEY in the environment: no flag takes the API key, because other users of this machine could see it.",
    };
  const missing = required.find(([flag]) => (values[flag] ?? "") === "");
  if (missing !== undefined) return { kind: "wrong", message: `${missing[1]} Add --${missing[0]} ${missing[2]}.` };
  const parameters = Object.entries(flagOf).flatMap(([name, flag]) => {
    const value = values[flag];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return {
    kind: "real-server",
    url,
    apiKey,
    space: environment["OCTOPUS_SPACE"] || "Default",
    deploy: values["deploy"] === true,
    verbose: values["verbose"] === true,
    parameters: Object.fromEntries(parameters),
  };
}

function usage(): string {
  const declarations = new Map<string, ParameterDeclaration>(parameterDeclarations.map((each) => [each.name, each]));
  return [
    "npm start                    plays the demo: the shipped step on an Octopus Server in memory",
    "npm start -- --scene <n>     shows one scene of it",
    "npm start -- [flags]         runs the shipped step against your own server, as a what-if",
    "",
    "Your own server is in the environment: OCTOPUS_URL, OCTOPUS_API_KEY, and OCTOPUS_SPACE (default: Default).",
    "",
    "  --verbose                  show every line of the task logs, also of the demo",
    "  --deploy                   really deploy",
    ...Object.entries(flagOf).map(([name, flag]) => `  --${flag.padEnd(25)}${meaningOf(declarations.get(name))}`),
    "",
    "Examples:",
    "  What would go to Staging?",
    '    npm start -- --project "Web API" --to Staging',
    "  Two components, the second after the first, of one product release:",
    "    npm start -- --project $'Database\\nWeb API' --release '2021.1.0.*' --to Staging",
    "  Deploy it:",
    '    npm start -- --project "Web API" --to Staging --deploy',
    "",
    "src/step/README.md says what each parameter means.",
  ].join("\n");
}

/** The help for a flag: the label of its field, the options and the default. */
function meaningOf(declaration: ParameterDeclaration | undefined): string {
  if (declaration === undefined) return "";
  const { label, options, defaultValue } = declaration;
  if (options !== undefined) {
    return `${label}: ${options.map((option) => (option === defaultValue ? `${option} (default)` : option)).join(", ")}`;
  }
  return /^\d+$/.test(defaultValue) ? `${label}: ${defaultValue} (default)` : label;
}
