import { randomUUID } from "node:crypto";
import type { StepTemplate } from "../../test/parent-process/step-template.ts";
import { logPrinter } from "../../test/step-host/print-log.ts";
import { evaluate } from "../../test/step-host/octostache.ts";
import { runStep } from "../../test/step-host/run-step.ts";
import { parameterDeclarations } from "../../src/step/parameter-declarations.ts";
import { flagOf } from "./flags.ts";
import type { CommandLine } from "./read-command-line.ts";
import { stillRunning } from "./still-running.ts";
import type { Stop } from "./stop-on-signal.ts";

/**
 * Runs the shipped step against a real server as an agent would, and prints its log. There is no parent deployment: the marker of deployments
 * names `npm start`, so that its next run adopts them. Returns the exit code.
 */
export async function runAgainstServer(
  template: StepTemplate,
  { url, apiKey, space, deploy, verbose, parameters }: Extract<CommandLine, { kind: "real-server" }>,
  stop: Stop,
): Promise<number> {
  const system: Readonly<Record<string, string>> = {
    "Octopus.Web.ServerUri": url,
    "Octopus.Space.Name": space,
    "Octopus.Project.Id": "npm-start",
    "Octopus.Project.Name": "npm start",
    "Octopus.Action.Id": "npm-start",
    "Octopus.Task.Id": `npm-start-${randomUUID()}`,
  };
  const entered = {
    ...template.defaults,
    ...parameters,
    "ChildProject.Api.Key": apiKey,
    "ChildProject.WhatIf.Value": deploy ? "No" : "Yes",
  };
  const variables = Object.fromEntries(
    Object.entries({ ...system, ...entered }).map(([name, value]) => [
      name,
      name in system ? value : evaluate(value, system),
    ]),
  );
  const own = parameters["ChildProject.Space.Name"];
  const asked = own === undefined ? ([space, "OCTOPUS_SPACE"] as const) : ([own, "--space"] as const);
  const printer = logPrinter(process.stdout, { verbose });
  if (deploy) printer.line({ level: "warning", text: noParent }, 0);
  const inherited = [
    "PATH",
    "HOME",
    "NODE_EXTRA_CA_CERTS",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
  ];
  const { exitCode, log } = await runStep({
    signal: stop.signal,
    scriptBody: template.scriptBody,
    variables,
    sensitive: template.sensitive,
    environment: Object.fromEntries(
      inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    onLine: ({ level, text }) => printer.line({ level, text: withFlags(text, asked) }, 0),
  });
  const running = stop.exitCode() === undefined ? [] : stillRunning(log.map(({ text }) => text));
  if (running.length > 0) process.stdout.write(`\n${["Still running:", ...running].join("\n  ")}\n${whatNow}\n`);
  return stop.exitCode() ?? exitCode;
}

const whatNow = "Run the same command again to wait for them, or cancel them in the portal.";

const noParent =
  "This run belongs to no deployment of a parent project. No approved plan concerns it: the releases are selected now.";

/** A message of the step, which names parameters, with the flags and the environment that a command line has instead. */
export function withFlags(text: string, [space, source]: readonly [string, string]): string {
  const names = Object.entries(flagOf).map(([name, flag]) => [name, `--${flag}`] as const);
  const labels = new Map<string, string>(parameterDeclarations.map(({ name, label }) => [name, label]));
  return [...names, ...withoutValue]
    .reduce(
      (said, [name, here]) =>
        said.replaceAll(`(${name})`, `(${here})`).replaceAll(`the parameter "${labels.get(name)}"`, here),
      text,
    )
    .replaceAll(/the step's parameters( in the parent's deployment process)?/g, "the flags")
    .replaceAll(`The space "${space}" was`, `The space "${space}" (${source}) was`);
}

const withoutValue = [
  ["ChildProject.Api.Key", "OCTOPUS_API_KEY"],
  ["ChildProject.WhatIf.Value", "--deploy"],
] as const;
