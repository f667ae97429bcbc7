import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import type { Walk } from "./in-process.ts";
import { child, noon, orchestration, type Parameters, type Project, type Run } from "./scenario.ts";

/** The usual list: three levels. */
export const usual = "Database\nWeb API\n+ Scheduling Service\nWeb UI";
export const usualNames = ["Database", "Web API", "Scheduling Service", "Web UI"];

/** 1.0 runs in Staging, 1.1 has been tested. */
export const usualReleases: NonNullable<Project["releases"]> = [
  { version: "1.0", created: "-3d", deployments: ["Development", "Test", "Staging"] },
  { version: "1.1", created: "-1d", deployments: ["Development", "Test"] },
];

/** A component that takes ten seconds. */
export function component(name: string, more: Partial<Project> = {}): Project {
  return child(name, usualReleases, { scripts: [{ duration: "10s" }], ...more });
}

/** @param more what is different about single components, by name */
export function trainWorld(
  more: Readonly<Record<string, Partial<Project>>> = {},
  content: Partial<World> = {},
  names: readonly string[] = usualNames,
): World {
  return orchestration({ projects: names.map((name) => component(name, more[name])), ...content });
}

export function train(parameters: Parameters = {}, more: Partial<Walk> = {}): Walk {
  return { child: "Train", parameters: { "ChildProject.Project.Name": usual, ...parameters }, ...more };
}

/** The names of so many components. */
export function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `Component ${index + 1}`);
}

export const failing: Partial<Project> = {
  scripts: [{ duration: "5s", result: "Failed", error: "The disk is full." }],
};
export const continuing: Parameters = { "ChildProject.Failure.Policy": "Continue" };
export const whatIf: Parameters = { "ChildProject.WhatIf.Value": "Yes" };

/** The end of a child, such as `Deployed NewRelease`. */
export function endOf({ outputs }: Run, name: string): string {
  const all: Readonly<Record<string, string | undefined>> = outputs;
  return `${all[`Child[${name}].Outcome`]} ${all[`Child[${name}].Reason`]}`;
}

export function output({ outputs }: Run, name: string): string | undefined {
  const all: Readonly<Record<string, string | undefined>> = outputs;
  return all[name];
}

export function linesOf({ log }: Run, level: string): readonly string[] {
  return log.split("\n").filter((line) => line.startsWith(`${level}: `));
}

/** What a step deployed since the server started, with times in seconds after noon. */
export interface Seen {
  readonly project: string;
  readonly created: number;
  readonly started: number | undefined;
  readonly completed: number;
  readonly state: string;
  readonly comments: string;
}

export function deployments(server: OctopusServer): readonly Seen[] {
  const { history, projects } = server.simulator.state();
  const seconds = (instant: number) => (instant - Date.parse(noon)) / 1000;
  return [...history.deployments.values()]
    .filter(({ comments }) => comments.includes("[deploy-child-project "))
    .map(({ projectId, taskId, created, comments }) => {
      const task = history.tasks.get(taskId ?? "");
      return {
        project: projects.get(projectId)?.name ?? projectId,
        created: seconds(created),
        started: typeof task?.startTime === "number" ? seconds(task.startTime) : undefined,
        completed: typeof task?.completedTime === "number" ? seconds(task.completedTime) : Infinity,
        state: task?.state ?? "none",
        comments,
      };
    });
}

/** The most deployments that the step had under way at one time. */
export function mostAtOnce(seen: readonly Seen[]): number {
  return Math.max(
    0,
    ...seen.map(({ created }) => seen.filter((each) => each.created <= created && created < each.completed).length),
  );
}
