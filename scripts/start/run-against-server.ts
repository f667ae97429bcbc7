import { randomUUID } from "node:crypto";
import type { StepTemplate } from "../../test/parent-process/step-template.ts";
import { logPrinter } from "../../test/step-host/print-log.ts";
import { evaluate } from "../../test/step-host/octostache.ts";
import { runStep } from "../../test/step-host/run-step.ts";
import { flagOf } from "./flags.ts";
import type { CommandLine } from "./read-command-line.ts";
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
  const { exitCode } = await runStep({
    signal: stop.signal,
    scriptBody: template.scriptBody,
    variables,
    sensitive: template.sensitive,
    environment: Object.fromEntries(
      inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    onLine: ({ level, text }) => printer.line({ level, text: withFlags(text) }, 0),
  });
  return stop.exitCode() ?? exitCode;
}

const noParent =
  "This run belongs to no deployment of a parent project. No approved plan concerns it: the releases are selected now.";

/** Messages name the step's parameters; whoever runs it here has flags. */
function withFlags(text: string): string {
  const names = Object.entries(flagOf).map(([name, flag]) => [name, `--${flag}`] as const);
  return [...names, ...withoutValue].reduce((said, [name, here]) => said.replaceAll(`(${name})`, `(${here})`), text);
}

const withoutValue = [
  ["ChildProject.Api.Key", "OCTOPUS_API_KEY"],
  ["ChildProject.WhatIf.Value", "--deploy"],
] as const;
